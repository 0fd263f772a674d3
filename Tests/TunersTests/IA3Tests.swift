import Autograd
import Configuration
import NN
import Tensors
import Testing
import Tuners
import YAML

@Suite("IA3")
struct IA3Tests {
    private let gpt2 = "ModelsTests/Golden/tiny-gpt2"

    private func shapes(_ text: String, _ checkpoint: String = "ModelsTests/Golden/tiny-bert") throws -> [String: [Int]]
    {
        let model = try TinyModel(checkpoint, [IA3(settings(text))])
        let own = model.graph.trained.filter { $0.owner == .tuner }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.path, $0.shape.axes) })
    }

    @Test("scales outputs of keys and values and inputs of feed-forward maps, by PEFT's usual targets")
    func usual() throws {
        let bert = try shapes("{}")
        #expect(bert.count == 8)
        #expect(bert["bert.encoder.layer.0.attention.self.key.ia3_l"] == [32, 1])
        #expect(bert["bert.encoder.layer.1.attention.output.dense.ia3_l"] == [1, 32])
        #expect(bert["bert.encoder.layer.1.output.dense.ia3_l"] == [1, 37])
        let decoder = try shapes("{}", gpt2)
        #expect(decoder.count == 4)
        #expect(decoder["transformer.h.0.attn.c_attn.ia3_l"] == [96, 1])
        #expect(decoder["transformer.h.0.mlp.c_proj.ia3_l"] == [1, 40])
    }

    @Test("takes targets, exclusions and feed-forward modules by name or expression")
    func targets() throws {
        let some = try shapes(
            "{target_modules: [query, intermediate.dense], feedforward_modules: [intermediate.dense]}")
        #expect(some["bert.encoder.layer.0.attention.self.query.ia3_l"] == [32, 1])
        #expect(some["bert.encoder.layer.0.intermediate.dense.ia3_l"] == [1, 32] && some.count == 4)
        let regex = try shapes("{target_modules: '.*0.*(key|query)', feedforward_modules: '.*key'}")
        #expect(regex["bert.encoder.layer.0.attention.self.key.ia3_l"] == [1, 32])
        #expect(regex["bert.encoder.layer.0.attention.self.query.ia3_l"] == [32, 1] && regex.count == 2)
        #expect(try shapes("{exclude_modules: [attention.output.dense]}").count == 6)
        #expect(try shapes("{feedforward_modules: []}")["bert.encoder.layer.1.output.dense.ia3_l"] == [32, 1])
    }

    @Test(
        "what does not fit is refused at its key",
        arguments: [
            ("target_modules: [valeu]", "target_modules"), ("feedforward_modules: [c_proj]", "feedforward_modules"),
            ("feedforward_modules: '('", "feedforward_modules"), ("fan_in_fan_out: true", "fan_in_fan_out"),
        ])
    func refused(text: String, key: String) throws {
        let tuner = IA3(try settings(text))
        #expect {
            try TinyModel([tuner])
        } throws: { error in
            (error as? AttachmentError)?.key == key
        }
    }

    @Test("a feed-forward module is one of the targets, as in PEFT")
    func subset() throws {
        let tuner = IA3(try settings("{target_modules: [query], feedforward_modules: [output.dense]}"))
        #expect(tuner.contradictions.map(\.key) == ["feedforward_modules"])
        #expect(IA3(try settings("{target_modules: [query, key], feedforward_modules: [key]}")).contradictions.isEmpty)
    }

    @Test("is exported as PEFT saves it, and read back")
    func exchange() throws {
        let saved = try ExchangeGolden("ia3")
        let tuner = IA3(try importedSettings(saved.config))
        let model = try TinyModel([tuner])
        try saved.fill(model)
        let exported = try #require(tuner.exported(from: model.graph))
        let file = try SafeTensors(golden("ia3/adapter_model.safetensors"))
        let head = Set(["classifier.weight", "classifier.bias"].map { exported.headPrefix + $0 })
        #expect(Set(exported.tensors.keys).union(head) == Set(file.names))
        for (name, value) in exported.tensors {
            let expected = try #require(try file.tensor(name))
            #expect(value.shape == expected.shape && isClose(value, expected), "\(name)")
        }
        for (key, value) in exported.config {
            let theirs = saved.config[key].map { JSON($0) }
            #expect(theirs == value, "\(key)")
        }

        var tensors: [String: Tensor] = [:]
        for name in file.names { tensors[name] = try file.tensor(name) }
        let imported = try IA3.imported(importedSettings(saved.config), tensors)
        let twin = try TinyModel([imported.tuner])
        #expect(Set(imported.values.keys) == Set(twin.graph.trained.map(\.path)))
        for parameter in twin.graph.trained { parameter.variable.value = try #require(imported.values[parameter.path]) }
        #expect(
            isClose(
                twin.model.outputs(TinyModel.batch, mode: .evaluation).value,
                model.model.outputs(TinyModel.batch, mode: .evaluation).value))
    }

    @Test(
        "merged weights compute the same without it",
        arguments: ["ModelsTests/Golden/tiny-bert", "ModelsTests/Golden/tiny-gpt2"])
    func merged(checkpoint: String) throws {
        let tuner = IA3(try settings("init_ia3_weights: false"))
        #expect(!tuner.startsNeutral)
        let model = try TinyModel(checkpoint, [tuner])
        let merged = try #require(tuner.merged(in: model.graph))
        let plain = try TinyModel(checkpoint)
        for (path, value) in merged { try plain.parameter(path).variable.value = value }
        let (ours, theirs) = (
            model.model.outputs(TinyModel.batch, mode: .evaluation).value,
            plain.model.outputs(TinyModel.batch, mode: .evaluation).value
        )
        #expect(isClose(ours, theirs))
        #expect(try ours != TinyModel(checkpoint).model.outputs(TinyModel.batch, mode: .evaluation).value)
    }
}
