"""The admins' panel: what /setup and its buttons, selects and forms do."""
