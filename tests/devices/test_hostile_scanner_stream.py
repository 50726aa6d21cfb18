from threading import Thread

from kiosk.devices.codes import LIMIT


def test_ten_megabytes_become_one_code_that_is_too_long_and_the_next_is_read(scanner):
    def flood():
        for _ in range(160):
            scanner.send(bytes(65536))
        scanner.send(b"\rNEXT\r")

    flooding = Thread(target=flood)
    flooding.start()
    code = scanner.driver.read(30)
    assert scanner.driver.read(2) == "NEXT"
    flooding.join()
    assert code == "\0" * (LIMIT + 1)


def test_a_code_of_the_limit_is_whole(scanner):
    scanner.send(b"A" * LIMIT + b"\r")
    assert scanner.driver.read(2) == "A" * LIMIT


def test_a_long_code_of_letters_of_several_bytes_stays_too_long(scanner):
    scanner.send("é".encode() * LIMIT + b"\r")
    assert len(scanner.driver.read(2)) == LIMIT + 1


def test_bytes_that_are_no_text_do_not_stop_the_scanner(scanner):
    scanner.send(b"\xff\xfe\x00\x80A\r")
    assert scanner.driver.read(2) == "\ufffd\ufffd\x00\ufffdA"
    scanner.send("\u202eEDOC\r".encode())
    assert scanner.driver.read(2) == "\u202eEDOC"
