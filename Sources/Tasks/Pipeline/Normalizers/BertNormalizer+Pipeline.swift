import YAML

extension BertNormalizer: TextNormalizer {
    func normalize(_ text: inout [AlignedScalar]) {
        var known: [UInt32: [UInt32]] = [:]
        var result: [AlignedScalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            let values: [UInt32]
            if let found = known[scalar.value] {
                values = found
            } else {
                values = Unicode.Scalar(scalar.value).map { normalize($0).map(\.value) } ?? []
                known[scalar.value] = values
            }
            for value in values { result.append(scalar.replaced(by: value)) }
        }
        text = result
    }
}
