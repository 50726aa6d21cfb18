"""Updates of the appliance: a signed repository of releases, their installation beside what runs, and the way back."""
