import Configuration
import NN
import Tensors
import YAML

extension Bottleneck {
    /// The adapter as the library `adapters` saves it under the name `default`; nil for families that the library lacks.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        guard Self.libraryFamilies.contains(graph.family) else { return nil }
        var tensors: [String: Tensor] = [:]
        for parameter in graph.trained where parameter.owner == .tuner {
            guard let place = parameter.path.lastRange(of: ".adapters.") else { continue }
            let (module, name) = (parameter.path[..<place.upperBound], parameter.path[place.upperBound...])
            tensors["\(module)\(Self.adapterName).\(name)"] = parameter.variable.value
            // In the library the norm is also the first of the sequence in front of the bottleneck.
            let norm = "adapter_norm_before."
            guard name.hasPrefix(norm) else { continue }
            tensors["\(module)\(Self.adapterName).adapter_down.0.\(name.dropFirst(norm.count))"] =
                parameter.variable.value
        }
        return ExportedAdapter(tensors: tensors, config: config, headPrefix: "", layout: .adapters)
    }

    /// The method with these settings; a tensor's name here is the library's without the adapter's own.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        var values: [String: Tensor] = [:]
        for (name, value) in tensors {
            guard let place = name.lastRange(of: ".adapters.") else {
                values[name] = value
                continue
            }
            let (module, rest) = (name[..<place.upperBound], name[place.upperBound...])
            guard let dot = rest.firstIndex(of: ".") else {
                throw AttachmentError(nil, "the tensor '\(name)' does not name a part of an adapter")
            }
            let part = rest[rest.index(after: dot)...]
            if settings.hasNormBefore && part.hasPrefix("adapter_down.0.") { continue }
            values["\(module)\(part)"] = value
        }
        return ImportedAdapter(Self.self, settings, values: values)
    }

    /// The families of models that the library knows.
    private static let libraryFamilies: Set = ["bert", "roberta", "xlm-roberta", "gpt2", "llama", "mistral", "qwen2"]

    /// What the library calls an adapter that nobody named.
    static let adapterName = "default"

    /// Every key of the library's configuration; those of what is not supported at their defaults.
    private var config: [String: JSON] {
        let residual: JSON =
            switch settings.residual {
            case .first(let isBefore): .boolean(isBefore)
            case .second(let place): .string(place.rawValue)
            }
        let scaling: JSON =
            switch form.scaling {
            case .first(let factor): .number(factor)
            case .second(let kind): .string(kind.rawValue)
            }
        let reduction: JSON =
            switch form.reduction {
            case .first(let factor): .figure(factor)
            case .second(let factors):
                .object(Dictionary(factors.pairs.map { ($0.name, .figure($0.value)) }) { first, _ in first })
            }
        return [
            "mh_adapter": .boolean(form.followsAttention), "output_adapter": .boolean(form.followsFeedForward),
            "reduction_factor": reduction, "non_linearity": .string(form.nonLinearity.rawValue),
            "original_ln_before": .boolean(form.hasOriginalNormBefore),
            "original_ln_after": .boolean(form.hasOriginalNormAfter), "ln_before": .boolean(form.hasNormBefore),
            "ln_after": .boolean(form.hasNormAfter), "residual_before_ln": residual,
            "adapter_residual_before_ln": .boolean(form.addsResidualBeforeNorm),
            "is_parallel": .boolean(form.isParallel), "scaling": scaling, "init_weights": .string(form.start.rawValue),
            "leave_out": .array(settings.leftOut.map { .integer($0) }), "dropout": .number(settings.dropout),
            "init_weights_seed": .null, "use_gating": false, "inv_adapter": .null,
            "inv_adapter_reduction_factor": .null, "cross_adapter": false, "phm_layer": false, "phm_dim": 4,
            "factorized_phm_W": true, "shared_W_phm": false, "shared_phm_rule": true, "factorized_phm_rule": false,
            "phm_c_init": "normal", "phm_init_range": .number(0.0001), "learn_phm": true,
            "hypercomplex_nonlinearity": "glorot-uniform", "phm_rank": 1, "phm_bias": true,
            "stochastic_depth": .number(0),
        ]
    }
}

extension JSON {
    /// A number that is written without a fraction where it is whole.
    fileprivate static func figure(_ number: Double) -> JSON {
        Int(exactly: number).map { .integer($0) } ?? .number(number)
    }
}

extension String {
    /// Where `part` stands for the last time.
    fileprivate func lastRange(of part: String) -> Range<String.Index>? {
        ranges(of: part).last
    }
}
