import Foundation

/// A reproducible stream of random numbers named by a seed and a path, independent of every other stream.
///
/// splitmix64 (Steele, Lea & Flood, 2014): the state is a counter, so a stream can be resumed from one word.
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
    /// All there is to know of where the stream stands.
    public var state: UInt64

    /// The stream of `path` (for example a parameter's name) under `seed`.
    public init(seed: UInt64, path: String) {
        state = Self.key(seed: seed, path: path)
    }

    /// A hash of a seed and a path (FNV-1a over the path's UTF-8, then mixed).
    public static func key(seed: UInt64, path: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mix(hash ^ mix(seed &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number in `0..<1` with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A normal deviate of mean 0 and deviation 1 (Box and Muller, 1958).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// Spreads every input bit over all output bits; one to one.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
