import Tensors

/// What made a result.
public enum Versions {
    /// The program's version.
    public static let program = "0.1.0"

    /// Versions by name, as a result keeps them.
    public static var all: [String: String] {
        [
            "peftexp": program, "openblas": Kernels.openBLASDescription, "onednn": Kernels.oneDNNDescription,
        ]
    }
}
