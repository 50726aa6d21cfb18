"""The booking site, and the phone page of a ticket."""
