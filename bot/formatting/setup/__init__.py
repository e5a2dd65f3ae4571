"""What a server's admins see while they set up its channels."""
