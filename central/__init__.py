"""The reference central server: enrolment, snapshots, facts, the officers' page, the ticket on the phone."""
