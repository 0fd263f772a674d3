import Configuration
import NN
import Testing
import Tuners
import YAML

@Suite("Targets")
struct TargetsTests {
    /// A method's keys of modules.
    private struct Choice: Config {
        var targets = Targets()
        var layers = LayerSelection()
        var saved = ModulesToSave()
        static let fields: [Field<Self>] =
            Field.within(\.targets) + Field.within(\.layers) + Field.within(\.saved)
    }

    private func paths(_ text: String, _ checkpoint: String = "ModelsTests/Golden/tiny-bert") throws -> [String] {
        let choice = try settings(text, as: Choice.self)
        let tiny = try TinyModel(checkpoint)
        try choice.saved.train(in: tiny.graph)
        return try choice.targets.sites(
            of: tiny.graph, defaults: DefaultTargets.lora, layers: choice.layers, saved: choice.saved
        ).map { $0.path.replacing("bert.encoder.layer.", with: "").replacing("attention.", with: "") }
    }

    @Test(
        "are found as PEFT finds them",
        arguments: [
            ("{}", ["0.self.query", "0.self.value", "1.self.query", "1.self.value"]),
            ("target_modules: [key]", ["0.self.key", "1.self.key"]),
            (
                "target_modules: [self.key, output.dense]",
                ["0.self.key", "0.output.dense", "0.output.dense", "1.self.key", "1.output.dense", "1.output.dense"]
            ),
            ("target_modules: [bert.encoder.layer.1.attention.self.key]", ["1.self.key"]),
            (#"target_modules: '.*\.1\..*\.(query|key)'"#, ["1.self.query", "1.self.key"]),
            ("{target_modules: [query], exclude_modules: [layer.0.attention.self.query]}", ["1.self.query"]),
            (#"{target_modules: [query], exclude_modules: '.*\.0\..*'}"#, ["1.self.query"]),
            ("{target_modules: [query], exclude_modules: [lm_head, classifier]}", ["0.self.query", "1.self.query"]),
            ("{target_modules: [query], layers_to_transform: 1}", ["1.self.query"]),
            ("{target_modules: [query], layers_to_transform: [0], layers_pattern: layer}", ["0.self.query"]),
            ("{target_modules: [query], layers_to_transform: [0], layers_pattern: [blocks, layer]}", ["0.self.query"]),
            (
                "{target_modules: [query, bert.encoder.layer.0.attention.self.key], layers_to_transform: [1]}",
                ["0.self.key", "1.self.query"]
            ),
            (
                "{target_modules: [query, bert.pooler.dense], modules_to_save: [pooler]}",
                ["0.self.query", "1.self.query"]
            ),
        ])
    func found(text: String, expected: [String]) throws {
        #expect(try paths(text) == expected)
    }

    @Test("all-linear is every linear map of the backbone, and no head")
    func allLinear() throws {
        let found = try paths("target_modules: all-linear")
        #expect(found.count == 13 && found.last == "bert.pooler.dense")
        #expect(try paths("{target_modules: ALL-linear, modules_to_save: [pooler]}").count == 12)
        let gpt2 = try paths("target_modules: all-linear", "ModelsTests/Golden/tiny-gpt2")
        #expect(gpt2.count == 8 && gpt2.first == "transformer.h.0.attn.c_attn")
        #expect(
            try paths("{target_modules: [c_fc], layers_to_transform: 1}", "ModelsTests/Golden/tiny-gpt2")
                == ["transformer.h.1.mlp.c_fc"])
    }

    @Test(
        "that do not exist are refused with the nearest that does",
        arguments: [
            (
                "target_modules: [quary]", "target_modules",
                "'quary' matches no linear map of this bert; did you mean 'query'?"
            ),
            ("target_modules: [query, output.dence]", "target_modules", "did you mean 'output.dense'?"),
            (
                "target_modules: [LayerNorm]", "target_modules",
                "'LayerNorm' is no linear map of this bert; its linear maps are query, key, value, dense"
            ),
            ("target_modules: []", "target_modules", "no module is named"),
            (
                "target_modules: query", "target_modules",
                "must describe a whole path such as 'bert.encoder.layer.0.attention.self.query'"
            ),
            ("target_modules: '(.*query'", "target_modules", "'(.*query' is not a regular expression"),
            ("{target_modules: [query], exclude_modules: [querry]}", "exclude_modules", "did you mean 'query'?"),
            ("{target_modules: [query], exclude_modules: [query]}", "exclude_modules", "leave one out"),
            ("{target_modules: [query], modules_to_save: [self]}", "modules_to_save", "trained in full"),
            (
                "{target_modules: [query], layers_to_transform: [2]}", "layers_to_transform",
                "no target module in layer 2; the layers are 0 to 1"
            ),
            (
                "{target_modules: [query], layers_to_transform: 0, layers_pattern: h}", "layers_pattern",
                "numbered layer"
            ),
            (
                "{target_modules: [query], layers_to_transform: 0, layers_pattern: '('}", "layers_pattern",
                "not a regular expression"
            ),
            (
                "modules_to_save: [poler]", "modules_to_save",
                "there is no module 'poler' in this bert; did you mean 'pooler'?"
            ),
        ])
    func refused(text: String, key: String, message: String) throws {
        let error = #expect(throws: AttachmentError.self) { try paths(text) }
        #expect(error?.key == key)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test("layers go with a list of modules, and their pattern with layers")
    func contradictions() throws {
        func keys(_ text: String) throws -> [String] {
            let choice = try settings(text, as: Choice.self)
            return choice.layers.contradictions(with: choice.targets).map(\.key)
        }
        #expect(try keys("{target_modules: all-linear, layers_to_transform: [1]}") == ["layers_to_transform"])
        #expect(try keys("{target_modules: [query], layers_pattern: layer}") == ["layers_pattern"])
        #expect(try keys("{target_modules: [query], layers_to_transform: [1], layers_pattern: layer}") == [])
    }
}
