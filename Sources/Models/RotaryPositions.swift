import Foundation
import NN
import Tensors

/// The frequencies of rotary positions, by the `rope_theta` and `rope_scaling` of a configuration.
///
///     frequency[c] = theta^(-2 c / headSize)
///
/// | `rope_type` | the frequencies                                                                                   |
/// |-------------|---------------------------------------------------------------------------------------------------|
/// | `default`   | as they are                                                                                       |
/// | `linear`    | divided by `factor`                                                                               |
/// | `dynamic`   | as they are, for no more than `max_position_embeddings` tokens                                    |
/// | `llama3`    | low ones divided by `factor`, high ones as they are, a blend between the two                      |
/// | `yarn`      | the same with a blend along the columns; cosines and sines are scaled besides                     |
///
/// Beyond that many tokens the frequencies of `dynamic` would be others for each length of the longest text of a batch, and keys that a
/// cache holds would keep those of an earlier one: no text would have one set of numbers. Longer sequences are therefore refused.
///
/// Arithmetic follows transformers' `modeling_rope_utils`. `llama3`: Dubey et al., 2024, <https://arxiv.org/abs/2407.21783>; `yarn`: Peng
/// et al., 2023, <https://arxiv.org/abs/2309.00071>.
struct RotaryPositions {
    /// Radians for each position: `[headSize / 2]`.
    let frequencies: [Float]
    /// What multiplies cosines and sines.
    let magnitude: Float
    /// How many positions have these frequencies; nil for all.
    let maximumPositions: Int?

    /// The frequencies that `config` asks for.
    ///
    /// - Throws: for scalings that are not supported, by their names.
    init(_ config: ModelConfig, headSize: Int) throws(CheckpointError) {
        if try config.number("partial_rotary_factor", or: 1, in: 0...1) != 1 {
            throw config.error(
                "'partial_rotary_factor' must be 1: heads that are turned in part are not supported",
                at: "partial_rotary_factor")
        }
        // Newer versions write theta and scaling together.
        let newer = try config.section("rope_parameters")
        let theta = try (newer ?? config).number("rope_theta", or: 10_000, in: 1...1e12)
        let plain = (0..<headSize / 2).map { pow(theta, -2 * Double($0) / Double(headSize)) }
        let older = try config.section("rope_scaling")
        guard let scaling = newer ?? older else {
            self.init(plain)
            return
        }
        let key = scaling["rope_type"] == nil ? "type" : "rope_type"
        guard newer != nil || scaling[key] != nil else {
            throw config.error("'rope_scaling' has no 'rope_type'", at: "rope_scaling")
        }
        let kind = try scaling.choice(
            key, or: Kind.plain,
            ["default": .plain, "linear": .linear, "dynamic": .dynamic, "llama3": .llama3, "yarn": .yarn])
        func factor() throws(CheckpointError) -> Double { try scaling.required("factor", in: 1e-6...1e6) }
        switch kind {
        case .plain: self.init(plain)
        case .linear:
            let factor = try factor()
            self.init(plain.map { $0 / factor })
        case .dynamic:
            _ = try factor()
            self.init(plain, maximumPositions: try config.size("max_position_embeddings"))
        case .llama3: self.init(try Self.blended(plain, scaling, factor: try factor()))
        case .yarn:
            let (factor, positions) = (try factor(), try config.size("max_position_embeddings"))
            let original = try scaling.optionalSize("original_max_position_embeddings") ?? positions
            self.init(
                try Self.ramped(plain, scaling, factor: factor, theta: theta, positions: Double(original)),
                magnitude: try Self.magnitude(scaling, factor: factor))
        }
    }

    private init(_ frequencies: [Double], magnitude: Double = 1, maximumPositions: Int? = nil) {
        self.frequencies = frequencies.map { Float($0) }
        self.magnitude = Float(magnitude)
        self.maximumPositions = maximumPositions
    }

    private enum Kind {
        case plain, linear, dynamic, llama3, yarn
    }

    /// `llama3`: by wavelengths against the positions that the model was first trained for.
    private static func blended(_ plain: [Double], _ scaling: ModelConfig, factor: Double) throws(CheckpointError)
        -> [Double]
    {
        let low = try scaling.required("low_freq_factor", in: 1e-6...1e6)
        let high = try scaling.required("high_freq_factor", in: 1e-6...1e6)
        let positions = Double(try scaling.size("original_max_position_embeddings"))
        guard high > low else {
            throw scaling.error("'high_freq_factor' must be larger than 'low_freq_factor'", at: "high_freq_factor")
        }
        return plain.map { frequency in
            let turns = positions * frequency / (2 * .pi)
            if turns < low { return frequency / factor }
            if turns > high { return frequency }
            let share = (turns - low) / (high - low)
            return (1 - share) * frequency / factor + share * frequency
        }
    }

    /// `yarn`: a ramp along the columns between the two that make `beta_fast` and `beta_slow` turns.
    private static func ramped(
        _ plain: [Double], _ scaling: ModelConfig, factor: Double, theta: Double, positions: Double
    ) throws(CheckpointError) -> [Double] {
        let size = Double(2 * plain.count)
        func column(_ turns: Double) -> Double { size * log(positions / (turns * 2 * .pi)) / (2 * log(theta)) }
        var start = column(try scaling.optionalNumber("beta_fast", in: 1e-6...1e6) ?? 32)
        var end = column(try scaling.optionalNumber("beta_slow", in: 1e-6...1e6) ?? 1)
        if try scaling.boolean("truncate", or: true) { (start, end) = (start.rounded(.down), end.rounded(.up)) }
        start = max(start, 0)
        end = min(end, size - 1)
        if start == end { end += 0.001 }
        return plain.enumerated().map { index, frequency in
            let share = min(1, max(0, (Double(index) - start) / (end - start)))
            return frequency / factor * share + frequency * (1 - share)
        }
    }

    /// `yarn`: what cosines and sines are multiplied by.
    private static func magnitude(_ scaling: ModelConfig, factor: Double) throws(CheckpointError) -> Double {
        if let given = try scaling.optionalNumber("attention_factor", in: 0...1e6) { return given }
        func magnitude(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        let one = try scaling.optionalNumber("mscale", in: -1e6...1e6) ?? 0
        let all = try scaling.optionalNumber("mscale_all_dim", in: -1e6...1e6) ?? 0
        return one != 0 && all != 0 ? magnitude(one) / magnitude(all) : magnitude(1)
    }
}

extension ModelConfig {
    /// A number that must be there.
    fileprivate func required(_ key: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double {
        guard let number = try optionalNumber(key, in: range) else {
            throw error("this scaling of rotary positions needs '\(key)'", at: key)
        }
        return number
    }
}
