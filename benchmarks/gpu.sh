#!/usr/bin/env bash
# Our layers on a GPU: right, and how fast, in five minutes.
#
#   benchmarks/gpu.sh prepare WHEELS [PYTHON...]   with a network: fills a folder
#   benchmarks/gpu.sh run WHEELS RESULTS [cpu]     on the GPU: needs none
#
# The second needs Linux with Python and pip, PyTorch for CUDA with its Triton, JAX for
# CUDA and this checkout. It installs nothing outside of a temporary folder, and leaves
# in RESULTS what was finished in time: report.md and the files that it is made of. With
# `cpu` it does the same, at small sizes, without a GPU. KERAS_GATED_GPU_SECONDS is how
# long it may take, 300 if it is not set.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

# What is not in an environment of PyTorch and JAX; NumPy is.
needs=(
  "keras>=3.15.1,<3.17" absl-py h5py namex optree packaging rich typing-extensions
  markdown-it-py mdurl pygments
  pytest pluggy iniconfig
)

usage() {
  sed -n '/^#   /s/^# *//p' "$0" >&2
  exit 2
}

prepare() {
  local wheels=$1
  shift
  mkdir -p "$wheels"
  for version in "${@:-3.11 3.12 3.13}"; do
    for python in $version; do
      python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$wheels" \
        --python-version "$python" --platform manylinux2014_x86_64 \
        --platform manylinux_2_27_x86_64 --platform manylinux_2_28_x86_64 "${needs[@]}"
    done
  done
  python3 -m pip wheel --quiet --no-deps --wheel-dir "$wheels" "$root"
  echo "Take this checkout and $wheels to the machine with the GPU, and there run"
  echo "  benchmarks/gpu.sh run ${wheels##*/} results"
}

# Runs a command for so many seconds at most, less if all are spent. Whatever becomes of
# it, the next one has its turn.
within() {
  local most=$1 left=$((deadline - SECONDS)) status=0
  shift
  if ((left < 1)); then
    echo "No time was left for: $*" | tee -a "$results/missing.txt"
    return
  fi
  # As by Ctrl-C: pytest still writes what it knows. Behind `&` it would not hear it.
  timeout --signal=INT --kill-after=10 $((most < left ? most : left)) \
    env --default-signal=INT "$@" || status=$?
  ((status == 0)) || echo "Ended with $status: $*" | tee -a "$results/missing.txt"
}

measure() {
  local backend=$1 unit=$2 seconds=$3
  shift 3
  within $((seconds + 30)) python3 benchmarks/layers.py --device "$device" \
    --backend "$backend" --unit "$unit" --workload "${sizes[@]}" \
    --numbers float32 bfloat16 --masks --repeats 5 --patience 1 --limit "$seconds" \
    --out "$results/$backend-$unit" "$@" 2>&1 | tee -a "$results/measured.txt"
}

run() {
  local wheels backend tests=() memory=(--memory)
  device=${3:-gpu}
  wheels=$(cd "$1" && pwd)
  mkdir -p "$2"
  results=$(cd "$2" && pwd)
  rm -rf "$results"/{missing.txt,measured.txt,tests-*,{torch,jax}-{lstm,gru,memory}}
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  deadline=${KERAS_GATED_GPU_SECONDS:-300}
  sizes=("16x64x88->36" "32x500x20->195" "64x128x256->512" "256x512x256->1024")
  if [ "$device" = cpu ]; then
    sizes=("2x3x4->5" "3x4x2->6") memory=()
  fi
  python3 -m pip install --quiet --no-deps --no-index --find-links "$wheels" \
    --target "$place" keras_gated "${needs[@]}"
  # Without the sources beside them the benchmarks take the package from its wheel.
  cp -r "$root"/{benchmarks,tests,conftest.py,pyproject.toml,CHANGELOG.md} "$place"
  cd "$place"
  export PYTHONPATH=$place PYTHONDONTWRITEBYTECODE=1 KERAS_GATED_GPU_LOOPS=1
  # JAX and cuDNN round to TF32 by themselves, ours do not: nobody may.
  export JAX_DEFAULT_MATMUL_PRECISION=highest NVIDIA_TF32_OVERRIDE=0
  # JAX would take all memory; PyTorch is there, too.
  export XLA_PYTHON_CLIENT_PREALLOCATE=false
  for backend in torch jax; do
    KERAS_BACKEND=$backend KERAS_GATED_EXHAUSTIVE=1 \
      within 90 python3 -m pytest --verbose -W default -p no:cacheprovider -k "[$device" \
      --junitxml "$results/tests-$backend.xml" tests/gpu \
      >"$results/tests-$backend.txt" 2>&1 &
    tests+=($!)
  done
  wait "${tests[@]}"
  tail -n 3 "$results"/tests-*.txt
  measure torch lstm 55 "${memory[@]}"
  measure jax lstm 55
  measure torch gru 25 "${memory[@]}"
  measure jax gru 25
  # PyTorch forgets a peak of memory; JAX needs a process for each, so one size is all:
  # the larger one that its kernels take.
  sizes=("${sizes[1]}")
  measure jax lstm 5 "${memory[@]}" --out "$results/jax-memory"
  python3 benchmarks/gpu_report.py "$results"
}

case "${1:-}" in
  prepare) [ $# -ge 2 ] || usage ;;
  run) [ $# -ge 3 ] && [ $# -le 4 ] || usage ;;
  *) usage ;;
esac
"$@"
