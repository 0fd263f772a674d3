import Configuration
import Testing
import YAML

@Suite struct OverrideTests {
    @Test(
        arguments: [
            ("seed=12", ["seed": 12]), ("a.b=x", ["seed": 11, "a": ["b": "x", "c": 2]]),
            ("a.d.e=5e-3", ["seed": 11, "a": ["b": 1, "c": 2, "d": ["e": 0.005]]]),
            ("a={x: [1, 2]}", ["seed": 11, "a": ["x": [1, 2]]]), ("a=", ["seed": 11, "a": nil]),
            ("a=null", ["seed": 11, "a": nil]), ("a=x=y", ["seed": 11, "a": "x=y"]),
            ("a=\"8\"", ["seed": 11, "a": "8"]),
            ("seed.x=1", ["seed": ["x": 1]]), ("a=- 1", ["seed": 11, "a": [1]]),
        ] as [(String, [String: JSON])])
    func valuesArePutInPlace(argument: String, expected: [String: JSON]) throws {
        var node = try YAMLText.parse("seed: 11\na: {b: 1, c: 2}", file: "a.yaml")
        node.apply(try Override(argument, ordinal: 1))
        let whole: [String: JSON] = ["seed": 11, "a": ["b": 1, "c": 2]]
        #expect(JSON(node) == .object(whole.merging(expected) { $1 }))
    }

    @Test func theLastOneWins() {
        let (manifest, diagnostics) = read(sound, overrides: ["seed=1", "seed=2"])
        #expect(diagnostics.isEmpty)
        #expect(manifest.seed == 2)
    }

    @Test func placesAreThoseOnTheCommandLine() throws {
        let override = try Override("é.b=[1, x]", ordinal: 3)
        #expect(override.value.location == SourceLocation(file: "command line", line: 3, column: 5))
        #expect(override.value.elements?[1].location == SourceLocation(file: "command line", line: 3, column: 9))
    }

    @Test(arguments: [
        (
            "train.lr=1",
            "command line:1:7: error: unknown key 'lr' in 'train'; the keys are num_train_epochs, "
                + "learning_rate, dropout, shuffle"
        ),
        ("trian.shuffle=true", "command line:1:1: error: unknown key 'trian'; did you mean 'train'?"),
        ("seed.x=1", "command line:1:6: error: 'seed' must be an integer of at least 0, not a section"),
        ("seed", "command line:1:1: error: an override has the form key=value, on one line"),
        ("seed=1\n2", "command line:1:1: error: an override has the form key=value, on one line"),
        ("=1", "command line:1:1: error: an override starts with a key such as train.learning_rate"),
        ("a..b=1", "command line:1:1: error: an override starts with a key such as train.learning_rate"),
        (
            "seed=@x",
            "command line:1:6: error: found character that cannot start any token, while scanning for the next token"
        ),
    ])
    func mistakesAreLocated(argument: String, message: String) {
        let (_, diagnostics) = read(sound, overrides: [argument])
        #expect(diagnostics.errors.first?.description == message)
    }

    @Test(arguments: ["a.b=5e-3", "a=\"x y: z\"", "a=[1,\"2\"]", "a=null", "a=text"])
    func descriptionReadsBack(argument: String) throws {
        let override = try Override(argument, ordinal: 1)
        let again = try Override(override.description, ordinal: 1)
        #expect(JSON(again.value) == JSON(override.value))
        #expect(again.path == override.path)
    }

    @Test func aProgramMakesThemToo() throws {
        var node = try YAMLText.parse(sound, file: "a.yaml")
        let override = Override(key: "peft.num_virtual_tokens", value: Node(64))
        node.apply(override)
        #expect(node["peft"]?["num_virtual_tokens"]?.integer == 64)
        #expect(override.description == "peft.num_virtual_tokens=64")
    }
}
