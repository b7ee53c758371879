"""Who people are where several share a server: accounts, invitations, and what was done."""
