"""Every side effect a workflow asks for: one transaction, one service function each."""
