"""Who may see what, why and until when: the storehouse's key pair, unlocking, grants, released keys."""
