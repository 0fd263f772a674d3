import Experiment

/// The precision of products.
package enum Precision: String, CaseIterable, Sendable {
    case float32, bfloat16
}

/// How fast the program's own products are on this machine, without anything around them.
enum ProductRates {
    /// Operations per second; nil where the program has no products of this precision.
    static func ours(_ precision: Precision) -> Double? {
        switch precision {
        case .float32: ProductProbe.measure(.float32)
        case .bfloat16: ProductProbe.measure(.bfloat16)
        }
    }
}
