"""A hook of mkdocs: the reference results and the benchmark are pages of the site."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PAGES = {
    "results": ("results/chung2014/report.md", "results/chung2014/*.png"),
    "benchmarks": ("benchmarks/*.md", "benchmarks/*.png"),
}
"""Files of the repository by the folder of the site that shows them."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds those files."""
    root = Path(config.config_file_path).parent
    for folder, patterns in PAGES.items():
        for path in (path for pattern in patterns for path in root.glob(pattern)):
            uri = f"{folder}/{path.name}"
            files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files
