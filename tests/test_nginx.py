"""The configuration of nginx that `docs/` gives is one that nginx takes."""

import subprocess
from pathlib import Path

from tests import needs, nginx

ROOT = Path(__file__).parents[1]


@needs.NGINX.mark()
def test_nginx_takes_it(tmp_path: Path):
    program = nginx.program()
    assert program
    whole = nginx.written(tmp_path, 18_443)

    ran = subprocess.run(
        [program, "-t", "-p", str(tmp_path), "-c", str(whole)], capture_output=True, text=True
    )

    assert (ran.returncode, "test is successful" in ran.stderr) == (0, True), ran.stderr
    assert "warn" not in ran.stderr


def test_it_drops_each_header_that_the_app_would_believe():
    text = nginx.FILE.read_text(encoding="utf-8")
    for name in ("X-Forwarded-User", "X-Cnn-Person", "Forwarded", "X-Forwarded-Host"):
        assert f'proxy_set_header {name} "";' in text
    assert "docs/nginx.conf" in (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
