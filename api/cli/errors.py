"""What may go wrong on a command line, each in one sentence. What is not here is a fault of ours: it keeps its trace."""

from __future__ import annotations

from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from api.cli.processes import ProcessError
from api.runtime import OutOfReach
from service.clock import ClockRefused


def sentence(error: Exception) -> str | None:
    """The sentence for an error that a person can do something about, or None."""
    said: str | None = None
    match error:
        case ExceptionGroup():  # several at once, for one reason
            said = sentence(error.exceptions[0])
        case ProcessError() | OutOfReach() | ClockRefused():
            said = str(error)
        case ValidationError():
            first = error.errors(include_url=False)[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            said = f"The setting SHIFAN_{name} is wrong: {first['msg']}."
        case CommandError():
            said = f"The database is of another release: {error}"
        case SQLAlchemyError():
            said = f"The database does not do what is asked: {str(getattr(error, 'orig', error)).strip()}"
        case RPCError():
            said = f"Temporal does not do what is asked: {error.message}"
        case OSError():
            said = f"{error.filename or 'The system'}: {error.strerror}."
        case _:  # a fault of ours
            pass
    return said
