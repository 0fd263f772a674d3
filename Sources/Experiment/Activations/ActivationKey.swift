import Files
import Models
import NN
import Tensors

/// What activations are known by on disk: everything that a bit of them depends on.
struct ActivationKey {
    /// The version of the forward pass: to be raised by who changes what any layer computes, in however few bits.
    ///
    /// Whoever forgets is found out when a file is opened: some of it is computed again and compared (`ActivationKeeper`).
    static let version = 3

    private let prefix: String

    /// - Parameters:
    ///   - dtype: of the products.
    ///   - digests: of the files that the result depends on, by their roles.
    init(_ model: TunedModel, _ depth: FrozenDepth, dtype: String, _ digests: [String: Digest]) {
        let files = digests.filter { $0.key.hasPrefix("model/") || $0.key.hasPrefix("adapter/") }
        let parts: [String] =
            [
                "forward pass \(Self.version)", dtype, ActivationTable.elementName, Kernels.openBLASDescription,
                Kernels.oneDNNDescription,
                "\(depth)",
                "\(model.head.reading)", model.className, "\(model.graph.prefix?.length ?? 0)",
            ] + files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.hex)" }
        prefix = parts.joined(separator: "\0")
    }

    /// The key of what is made of these features.
    func digest(of features: [Feature]) -> Digest {
        var hash = SHA256()
        hash.update(prefix)
        var words: [Int32] = []
        func flush() {
            unsafe hash.update(words.span.bytes)
            words.removeAll(keepingCapacity: true)
        }
        for feature in features {
            words += [Int32(feature.inputIDs.count), Int32(feature.breaks.count)]
            words += feature.breaks.map { Int32($0) }
            words += feature.inputIDs
            words += feature.tokenTypeIDs
            if words.count > 1 << 16 { flush() }
        }
        flush()
        return hash.digest()
    }
}
