from collections.abc import Callable

import pytest
from commands import Done

from scantrail.cli import main

Svt = Callable[..., Done]


@pytest.fixture
def svt(capsys: pytest.CaptureFixture[str]) -> Svt:
    """Run `svt` in this process, and see what a person sees."""

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(main._svt, list(map(str, arguments)))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(int(ended.value.code or 0), out, err)

    return run
