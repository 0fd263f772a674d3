import Configuration
import Foundation
import NN
import Tensors
import Testing
import Tuners
import YAML

@Suite("Bottleneck adapters")
struct BottleneckTests {
    private let gpt2 = "ModelsTests/Golden/tiny-gpt2"

    private func parameters(_ text: String) throws -> [Parameter] {
        try TinyModel([Bottleneck(settings(text))]).graph.trained.filter { $0.owner == .tuner }
    }

    private func outputs(_ text: String?, _ checkpoint: String = "ModelsTests/Golden/tiny-bert") throws -> Tensor {
        let tuners: [any Tuner] = try text.map { [Bottleneck(try settings($0))] } ?? []
        return try TinyModel(checkpoint, tuners).model.outputs(TinyModel.batch, mode: .evaluation).value
    }

    @Test(
        "a named configuration gives what is not said",
        arguments: [
            ("{}", 4 * 2, [2, 32]), ("adapter_config: pfeiffer", 4 * 2, [2, 32]),
            ("adapter_config: double_seq_bn", 4 * 4, [2, 32]), ("adapter_config: houlsby", 4 * 4, [2, 32]),
            ("adapter_config: par_bn", 4 * 2, [16, 32]), ("adapter_config: scaled_parallel", 5 * 2, [16, 32]),
            ("{adapter_config: par_bn, mh_adapter: true, reduction_factor: 4}", 4 * 4, [8, 32]),
            ("{reduction_factor: 100, leave_out: [0]}", 4, [1, 32]),
            ("{reduction_factor: {'1': 4, default: 16}, leave_out: [0]}", 4, [8, 32]),
        ])
    func presets(text: String, count: Int, shape: [Int]) throws {
        let own = try parameters(text)
        #expect(own.count == count)
        #expect(own.first { $0.path.hasSuffix("adapter_down.0.weight") }?.shape.axes == shape)
    }

    @Test(
        "says truly whether it starts by changing nothing",
        arguments: [
            ("{}", false), ("init_weights: houlsby", false), ("init_weights: mam_adapter", true),
            ("adapter_config: par_bn", true), ("{adapter_config: par_bn, init_weights: bert}", false),
            ("{adapter_config: par_bn, original_ln_after: false}", false),
            ("{adapter_config: double_seq_bn, init_weights: mam_adapter, ln_after: true}", true),
            ("{init_weights: mam_adapter, ln_after: true, adapter_residual_before_ln: true}", false),
            ("{init_weights: mam_adapter, residual_before_ln: false}", false),
            ("{init_weights: mam_adapter, residual_before_ln: false, original_ln_after: false}", true),
            ("{init_weights: mam_adapter, residual_before_ln: post_add}", false),
        ])
    func neutral(text: String, isNeutral: Bool) throws {
        #expect(Bottleneck(try settings(text)).startsNeutral == isNeutral)
        if isNeutral {
            #expect(isClose(try outputs(text), try outputs(nil), 1e-6))
        } else {
            #expect(try outputs(text) != outputs(nil))
        }
        // A backbone without a norm behind its sub-layers.
        if isNeutral { #expect(isClose(try outputs(text, gpt2), try outputs(nil, gpt2), 1e-6)) }
    }

    @Test("starts from the deviations of the library")
    func starts() throws {
        func deviation(_ text: String, _ name: String) throws -> (Double, Double) {
            let values = try parameters("{reduction_factor: 1, mh_adapter: true, init_weights: \(text)}")
                .filter { $0.path.hasSuffix(name) }.flatMap { $0.variable.value.array.map(Double.init) }
            let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            return (square.squareRoot(), values.map(abs).max() ?? 0)
        }
        let bert = try deviation("bert", "adapter_up.weight")
        #expect(abs(bert.0 - 0.02) < 0.001 && bert.1 > 0.05)
        // A normal that is cut at two deviations has 0.88 of its own.
        let houlsby = try deviation("houlsby", "adapter_down.0.weight")
        #expect(abs(houlsby.0 - 0.0088) < 0.0003 && houlsby.1 <= 0.02)
        let mam = try deviation("mam_adapter", "adapter_down.0.weight")
        #expect(abs(mam.0 - 1 / 96.0.squareRoot()) < 0.003 && mam.1 <= 1 / 32.0.squareRoot())
        #expect(try deviation("mam_adapter", "adapter_up.weight").1 == 0)
        #expect(try deviation("mam_adapter", "adapter_down.0.bias").1 == 0)
    }

    @Test(
        "what does not fit is refused at its key",
        arguments: [
            ("leave_out: [2]", "leave_out"), ("leave_out: [0, 1]", "leave_out"),
            ("output_adapter: false", "output_adapter"), ("reduction_factor: {'1': 4}", "reduction_factor"),
            ("reduction_factor: {'7': 4, default: 2}", "reduction_factor"),
            ("reduction_factor: 1.0e-9", "reduction_factor"),
        ])
    func refused(text: String, key: String) throws {
        let tuner = Bottleneck(try settings(text))
        #expect {
            try TinyModel([tuner])
        } throws: { error in
            (error as? AttachmentError)?.key == key
        }
    }

    @Test(
        "settings out of range, and those that are not supported, are mistakes",
        arguments: [
            "reduction_factor: 0", "reduction_factor: many", "scaling: learnt", "residual_before_ln: post",
            "dropout: 1",
            "use_gating: true", "non_linearity: rleu", "leave_out: [-1]", "inv_adapter: nice",
        ])
    func mistakes(text: String) {
        #expect(throws: Diagnostics.self) { try settings(text, as: Bottleneck.Settings.self) }
    }

    @Test(
        "keys that others leave without effect are contradictions",
        arguments: [
            ("{adapter_config: par_bn, original_ln_before: true}", "original_ln_before"),
            ("{is_parallel: true, residual_before_ln: false}", "residual_before_ln"),
            ("{adapter_config: houlsby, residual_before_ln: post_add}", "residual_before_ln"),
            ("adapter_residual_before_ln: true", "adapter_residual_before_ln"),
        ])
    func contradictions(text: String, key: String) throws {
        #expect(Bottleneck(try settings(text)).contradictions.map(\.key) == [key])
    }

    @Test("two methods behind one sub-layer are refused")
    func twice() throws {
        let tuner = Bottleneck(try settings("{}"))
        #expect(throws: AttachmentError.self) {
            try TinyModel([tuner, Bottleneck(try settings("adapter_config: par_bn"))])
        }
    }

    @Test(
        "is exported with the names, shapes and keys of the library adapters, and read back",
        arguments: [
            ("bottleneck", "ModelsTests/Golden/tiny-bert", "SEQ_CLS"),
            ("bottleneck-gpt2", "ModelsTests/Golden/tiny-gpt2", "CAUSAL_LM"),
        ])
    func exchange(folder: String, checkpoint: String, task: String) throws {
        let saved = try ExchangeGolden(folder)
        let config = try #require(saved.config["config"])
        let tuner = Bottleneck(try importedSettings(config))
        let model = try TinyModel(checkpoint, task: task, [tuner])
        try saved.fill(model)
        let exported = try #require(tuner.exported(from: model.graph))
        #expect(exported.layout == .adapters && exported.headPrefix.isEmpty)
        let file = golden("\(folder)/tensors.json")
        let listing = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        let listed = try #require(listing["adapter.safetensors"] ?? listing["pytorch_adapter.bin"])
        guard case .mapping(let pairs) = listed.content else { throw AttachmentError(nil, "no list of tensors") }
        #expect(Set(exported.tensors.keys) == Set(pairs.map(\.key)))
        for pair in pairs {
            #expect(exported.tensors[pair.key]?.shape.axes == pair.value.elements?.compactMap(\.integer), "\(pair.key)")
        }
        guard case .mapping(let keys) = config.content else { throw AttachmentError(nil, "no configuration") }
        #expect(Set(exported.config.keys) == Set(keys.map(\.key)))
        for pair in keys {
            let (ours, theirs) = (exported.config[pair.key], JSON(pair.value))
            #expect(ours == theirs || ours?.compactText == theirs.compactText, "\(pair.key)")
        }

        let imported = try Bottleneck.imported(importedSettings(config), exported.tensors)
        let own = model.graph.trained.filter { $0.owner == .tuner }
        #expect(Set(imported.values.keys) == Set(own.map(\.path)))
        for parameter in own { #expect(imported.values[parameter.path] == parameter.variable.value) }
    }
}
