import Configuration
import Foundation
import NN
import Tensors
import Testing
import Tuners
import YAML

/// What a library saved of a method, and the parameters that it was made from.
struct ExchangeGolden {
    let parameters: SafeTensors
    let config: Node

    init(_ folder: String) throws {
        parameters = try SafeTensors(golden("\(folder)/parameters.safetensors"))
        let file = golden("\(folder)/adapter_config.json")
        config = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
    }

    /// Gives a model's trained parameters the values that the adapter was made from.
    func fill(_ model: TinyModel) throws {
        for parameter in model.graph.trained {
            let value = try #require(try parameters.tensor(parameter.path), "\(parameter.path)")
            #expect(value.count == parameter.shape.count, "\(parameter.path)")
            parameter.variable.value = value.reshaped(parameter.shape)
        }
    }
}

/// Whether two tensors hold the same numbers but for rounding.
func isClose(_ a: Tensor, _ b: Tensor, _ tolerance: Float = 1e-5) -> Bool {
    a.count == b.count && zip(a.array, b.array).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) }
}

/// The settings in `config` that the method has keys for; what it has none for must be at the library's default.
func importedSettings<Settings: Config>(_ config: Node, as: Settings.Type = Settings.self) throws -> Settings {
    let known = Set(Settings.keys.map(\.key))
    guard case .mapping(let pairs) = config.content else { throw AttachmentError(nil, "no mapping") }
    var diagnostics = Diagnostics()
    let settings = Settings(
        Node(.mapping(pairs.filter { known.contains($0.key) && !$0.value.isNull }), at: config.location), &diagnostics)
    try diagnostics.check()
    return settings
}
