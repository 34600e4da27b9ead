"""What people can do, told from outside: signed HTTP in, the platform's JSON out."""
