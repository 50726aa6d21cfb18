"""What may be some seconds old is read from a streaming replica, also while the database itself is away."""

from pathlib import Path

from fastapi.testclient import TestClient
from postgres import cluster, replica_of
from sqlalchemy import select
from wire import Clock

from central.app import create_app
from central.database import OfficeRow, open_database

FEED = "/o/PYK/announcements.json"
LOGIN = "/officers/login"


def test_the_feed_is_read_from_the_replica_and_goes_on_while_the_database_is_away(load_office, tmp_path: Path) -> None:
    with cluster() as primary:
        name = primary.create()
        open_database(tmp_path, primary.url(name)).dispose()
        with replica_of(primary) as replica:
            load_office(tmp_path, primary.url(name))
            app = create_app(tmp_path, Clock().now, primary.url(name), replica.url(name))
            with TestClient(app, base_url="https://central.example", raise_server_exceptions=False) as http:
                told = http.get(FEED).json()
                assert told["items"]
                with app.state.reports() as session:
                    assert session.scalars(select(OfficeRow.id)).all() == ["PYK"]
                primary.stop("immediate")
                assert http.get(FEED).json() == told
                assert http.post(LOGIN, data={"name": "petugas", "password": "x"}).status_code == 500
                primary.start()


def test_without_a_replica_it_is_read_from_the_database(http) -> None:
    assert http.get(FEED).json()["items"]
