"""[sampler]: how a scan counts and where its files go."""

from typing import Annotated

from pydantic import Field

from scantrail.station.base import Dac, PathName, Section, Text


class SamplerConfig(Section):
    """Counting time, retries and files; the last six keys are taken for old files and do nothing here."""

    label: Text = Field(default="threshold scan", description="name of the measurement, kept with the run")
    duration: Annotated[float, Field(gt=0, le=1e7)] = Field(default=10.0, description="counting time at each point [s]")
    workspace: PathName | None = Field(default=None, description="directory of the CSV files; default: the run's own")
    suppress_threshold: Dac = Field(default=1023, description="threshold that silences a channel [DAC], 1-1023")
    max_retry: Annotated[int, Field(ge=1)] = Field(default=3, description="attempts to write a threshold, in all")
    filename_prefix: str | None = Field(
        default=None, description="without effect: the files of a scan have fixed names"
    )
    filename_suffix: str | None = Field(
        default=None, description="without effect: the files of a scan have fixed names"
    )
    mode: str | None = Field(default=None, description="without effect: a scan counts for a time")
    events_per_file: int | None = Field(default=None, description="without effect: a scan counts for a time")
    number_of_files: int | None = Field(default=None, description="without effect: a scan writes one file a channel")
    stream_mode: bool | str | None = Field(default=None, description="without effect: events are always streamed")
