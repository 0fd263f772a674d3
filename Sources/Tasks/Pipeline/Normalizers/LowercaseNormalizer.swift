/// Makes letters small, one by one.
struct LowercaseNormalizer: TextNormalizer {
    func normalize(_ text: inout [AlignedScalar]) {
        var result: [AlignedScalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if scalar.value < 0x80 {
                let isCapital = scalar.value &- 0x41 < 26
                result.append(isCapital ? scalar.replaced(by: scalar.value + 0x20) : scalar)
            } else if let known = Unicode.Scalar(scalar.value) {
                for small in known.properties.lowercaseMapping.unicodeScalars {
                    result.append(scalar.replaced(by: small.value))
                }
            }
        }
        text = result
    }
}
