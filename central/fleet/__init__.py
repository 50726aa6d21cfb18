"""The fleet: kiosks with their versions, devices and settings."""
