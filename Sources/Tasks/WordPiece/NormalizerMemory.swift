/// Normalises many texts with one set of options, remembering what each scalar becomes.
struct NormalizerMemory: Sendable {
    private typealias Outcome = [(value: UInt32, role: NormalizedScalar.Role)]

    private let normalizer: BertNormalizer
    /// What each ASCII scalar becomes; no option makes one of them two.
    private let ascii: [(value: UInt32, role: NormalizedScalar.Role)?]
    private var others: [UInt32: Outcome] = [:]

    /// A memory that knows the ASCII scalars.
    init(_ normalizer: BertNormalizer) {
        self.normalizer = normalizer
        ascii = (UInt8.min..<128).map { normalizer.normalize(Unicode.Scalar($0)).first }
    }

    /// Puts what `scalars[range]` become in the place of what `normalized` held.
    mutating func replace(
        _ normalized: inout [NormalizedScalar], by scalars: [Unicode.Scalar], _ range: Range<Int>
    ) {
        normalized.removeAll(keepingCapacity: true)
        for place in range {
            let scalar = scalars[place]
            let source = Int32(truncatingIfNeeded: place)
            if scalar.value < 128 {
                guard let (value, role) = ascii[Int(scalar.value)] else { continue }
                normalized.append(NormalizedScalar(value: value, source: source, role: role))
                continue
            }
            for (value, role) in outcome(of: scalar) {
                normalized.append(NormalizedScalar(value: value, source: source, role: role))
            }
        }
    }

    private mutating func outcome(of scalar: Unicode.Scalar) -> Outcome {
        if let known = others[scalar.value] { return known }
        let outcome = normalizer.normalize(scalar)
        others[scalar.value] = outcome
        return outcome
    }
}
