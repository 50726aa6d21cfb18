"""The appliance: what runs in the lobby."""
