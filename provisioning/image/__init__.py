"""`kiosk-provision image`: a disk that boots into the kiosk, made of Debian's packages and this checkout."""
