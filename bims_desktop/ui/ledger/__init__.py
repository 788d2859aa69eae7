"""The windows of the Ledger menu, and what the status bar says of the ledger.

`menu` is where they are opened from, `work` and `deeds` what they do beside the GUI thread.
"""
