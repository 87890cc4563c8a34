"""A hook of mkdocs: the report of the reference results becomes a page of the site."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

RESULTS = Path("results") / "chung2014"
PARTS = ("report.md", "*.png")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the report and its pictures below `results/`."""
    root = Path(config.config_file_path).parent
    for part in PARTS:
        for path in sorted((root / RESULTS).glob(part)):
            uri = f"results/{path.name}"
            files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files
