"""The domain, the schemes and the records of Shifan. Imports none of the other rooms."""
