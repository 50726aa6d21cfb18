"""Who may do what: sign-in, roles, the audit trail."""
