"""What all sections of the config share."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """What all sections share: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
