import CKernels

/// The numerical operations that autograd is built from, each split over cores (`Parallel`).
///
/// A matrix is a tensor seen as `[rows, columns]`: all axes but the last are rows. Shapes that do not fit are a mistake
/// of the program and stop it.
public enum Kernels {}

/// The activation of a feed-forward layer.
public enum Activation: Hashable, Sendable {
    /// `x`
    case identity
    /// `x Φ(x)`, exact (Hendrycks & Gimpel, 2016).
    case gelu
    /// GELU by the tanh formula: `gelu_new`, `gelu_pytorch_tanh`.
    case geluTanh
    /// `max(x, 0)`
    case relu
    /// `tanh x`
    case tanh
    /// `x / (1 + e⁻ˣ)`, also called swish.
    case silu
    /// `1 / (1 + e⁻ˣ)`
    case sigmoid

    var kernel: pk_activation {
        switch self {
        case .identity: pk_identity
        case .gelu: pk_gelu
        case .geluTanh: pk_gelu_tanh
        case .relu: pk_relu
        case .tanh: pk_tanh
        case .silu: pk_silu
        case .sigmoid: pk_sigmoid
        }
    }
}
