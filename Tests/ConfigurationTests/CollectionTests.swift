import Configuration
import Testing
import YAML

@Suite struct CollectionTests {
    @Test func valuesArrive() {
        let (value, diagnostics) = adaptation(
            """
            target_modules: [query, 7]
            modules: .*\\.value
            modules_to_save: []
            metrics: [accuracy, f1]
            layers_to_transform: 3
            sizes: [4]
            rank_pattern: {b: 2, a: 4}
            alpha_pattern:
              .*query: 1e-3
            init_weights: pissa
            depth: 1
            """)
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(value.targets == .names(["query", "7"]))
        #expect(value.required == .pattern(#".*\.value"#))
        #expect(value.saved == [])
        #expect(value.metrics == ["accuracy", "f1"])
        #expect(value.layers == [3])
        #expect(value.sizes == [4])
        #expect(value.ranks.pairs == [.init("b", 2), .init("a", 4)])
        #expect(value.ranks["a"] == 4 && value.ranks["c"] == nil)
        #expect(value.alphas == [".*query": 0.001])
        #expect(value.start == .pissa)
        #expect(value.placement.folder == "/m/x" && value.placement.depth == 1)
    }

    @Test func noneIsNoValue() {
        let (value, diagnostics) = adaptation(
            "target_modules:\nmodules_to_save: null\nlayers_to_transform: ~\nrank_pattern:\ninit_weights: false")
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(value.targets == nil && value.saved == nil && value.layers == nil && value.ranks.isEmpty)
        #expect(value.start == .none)
    }

    @Test func theCanonicalTextReadsBack() {
        let (value, _) = adaptation(
            """
            target_modules: [query]
            layers_to_transform: 3
            rank_pattern: {b: 2, a: 4}
            peft: [{peft_type: LORA, r: 4}, {peft_type: FULL}]
            """)
        let text = value.node().yamlText
        #expect(
            text == """
                target_modules:
                  - query
                modules:
                  - query
                modules_to_save: null
                metrics:
                  - f1
                layers_to_transform:
                  - 3
                sizes:
                  - 2
                  - 1
                rank_pattern:
                  b: 2
                  a: 4
                alpha_pattern:
                  value: 0.5
                init_weights: true
                peft:
                  - peft_type: LORA
                    r: 4
                    lora_alpha: 8.0
                  - peft_type: FULL
                folder: /m/x
                depth: 2

                """)
        var diagnostics = Diagnostics()
        let again = diagnostics.parse(text.utf8, file: "b.yaml").map { Adaptation($0, &diagnostics) }
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(again == value)
        #expect(!value.node(paths: .omitted).yamlText.contains("folder"))
    }

    @Test func oneSectionIsWrittenAsASection() throws {
        let (value, diagnostics) = adaptation("peft: [{peft_type: FULL}]")
        #expect(diagnostics.isEmpty)
        #expect(try #require(value.node()["peft"]).yamlText == "peft_type: FULL\n")
        #expect(value.methods == adaptation("peft: {peft_type: FULL}").value.methods)
    }

    @Test(arguments: [
        ("metrics: f1", "2:10: error: 'metrics' must be a list of texts, not 'f1'; write [\"f1\"]"),
        ("metrics:", "2:9: error: 'metrics' must be a list of texts, not nothing"),
        ("metrics: [f1, [a]]", "2:15: error: 'metrics.1' must be text, not a list"),
        ("modules: {a: 1}", "2:10: error: 'modules' must be a text or a list of texts, not a section"),
        ("modules:", "2:9: error: 'modules' must be a text or a list of texts, not nothing"),
        ("modules: [a, ~]", "2:14: error: 'modules.1' must be text, not nothing"),
        (
            "layers_to_transform: [0, -1]",
            "2:26: error: 'layers_to_transform.1' must be an integer of at least 0, not '-1'"
        ),
        (
            "layers_to_transform: -1",
            "2:22: error: 'layers_to_transform' must be an integer of at least 0, or a list of such, not '-1'"
        ),
        ("sizes: [1.5]", "2:9: error: 'sizes.0' must be an integer from 1 to 4, not '1.5'"),
        ("rank_pattern: {q: x}", "2:19: error: 'rank_pattern.q' must be an integer of at least 1, not 'x'"),
        (
            "alpha_pattern: [1]",
            "2:16: error: 'alpha_pattern' must be a section of names, with a number above 0 under each, not a list"
        ),
        ("alpha_pattern: {a.b: 0}", "2:22: error: 'alpha_pattern.a.b' must be a number above 0, not '0'"),
        (
            "init_weights: gausian",
            "2:15: error: 'init_weights' must be one of true, false, gaussian, pissa, not 'gausian'; did you mean 'gaussian'?"
        ),
        (
            "init_weights: 'true'",
            "2:15: error: 'init_weights' must be one of true, false, gaussian, pissa, not the text \"true\"; "
                + "write it without quotes"
        ),
        ("init_weights: [true]", "2:15: error: 'init_weights' must be one of true, false, gaussian, pissa, not a list"),
        (
            "peft: LORA",
            "2:7: error: 'peft' must be a section with the key 'peft_type', or a list of such sections, not 'LORA'"
        ),
        (
            "peft: []",
            "2:7: error: 'peft' must be a section with the key 'peft_type', or a list of such sections, not a list; "
                + "the list is empty"
        ),
        ("peft: {}", "2:7: error: missing 'peft.peft_type'; it is one of LORA, PREFIX_TUNING, FULL"),
        ("peft: {peft_type: LORA, r: 0}", "2:28: error: 'peft.r' must be an integer from 1 to 1024, not '0'"),
        (
            "peft: [{peft_type: FULL}, {peft_type: LORA, r: 0}]",
            "2:48: error: 'peft.1.r' must be an integer from 1 to 1024, not '0'"
        ),
        ("peft: [{r: 1}]", "2:8: error: missing 'peft.0.peft_type'; it is one of LORA, PREFIX_TUNING, FULL"),
        ("peft: [LORA]", "2:8: error: 'peft.0' must be a section with the key 'peft_type', not 'LORA'"),
        (
            "peft: [{peft_type: FULL, r: 1}]",
            "2:26: error: 'peft.0.r' is no key of FULL; it belongs to LORA"
        ),
        ("depth: x", "2:8: error: 'depth' must be an integer of at least 0, not 'x'"),
        ("dept: 1", "2:1: error: unknown key 'dept'; did you mean 'depth'?"),
    ])
    func oneMistake(line: String, message: String) {
        let (value, diagnostics) = adaptation(line)
        #expect(diagnostics.errors.map(\.description) == ["/m/a.yaml:" + message])
        let isReadInPart = line.contains("r: 0") || line.contains("r: 1}")
        if !isReadInPart { #expect(value == adaptation("").value) }
    }

    @Test func keysFromWithinAreRequiredToo() {
        var diagnostics = Diagnostics()
        _ = diagnostics.parse("depth: 1".utf8, file: "a.yaml").map { Adaptation($0, &diagnostics) }
        #expect(diagnostics.errors.map(\.message) == ["missing 'folder': The folder."])
    }

    @Test func anOverrideReachesIntoAList() {
        let (value, diagnostics) = adaptation(
            "peft: [{peft_type: FULL}, {peft_type: LORA}]",
            overrides: ["peft.1.r=3", "metrics=[a, b]", "rank_pattern.q=2"])
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect((value.methods.last?.settings as? LoRASettings)?.rank == 3)
        #expect(value.metrics == ["a", "b"])
        #expect(value.ranks == ["q": 2])
        let (_, mistakes) = adaptation("peft: [{peft_type: LORA}]", overrides: ["peft.0.r=0", "peft.1.r=2"])
        #expect(
            mistakes.errors.map(\.description) == [
                "command line:2:6: error: missing 'peft.peft_type'; it is one of LORA, PREFIX_TUNING, FULL"
            ])
    }

    @Test func aPlaceInAListHasALocation() throws {
        var diagnostics = Diagnostics()
        let parsed = diagnostics.parse("peft: [{peft_type: FULL}, {peft_type: LORA}]".utf8, file: "a.yaml")
        let root = try #require(parsed)
        #expect(root.location(of: "peft.1.peft_type") == SourceLocation(file: "a.yaml", line: 1, column: 39))
        #expect(root.location(of: "peft.1.r") == SourceLocation(file: "a.yaml", line: 1, column: 27))
        #expect(root.location(of: "peft.9.r") == SourceLocation(file: "a.yaml", line: 1, column: 7))
    }

    @Test func schemaAndExplanationsAreRecorded() throws {
        try expectGolden("collections.schema.json", Adaptation.schemaDocument(title: "Collections").prettyText)
        try expectGolden("explain-collections.txt", try Adaptation.explain())
        try expectGolden("explain-collections-peft.txt", try Adaptation.explain("peft"))
    }

    @Test func whatIsTheSameForEveryEntryIsToldOnce() throws {
        #expect(
            try Twin.explain("twin.r") == "twin.r: an integer, default 8\n    The same in both.\n")
        #expect(try Twin.explain("twin.s").contains("twin.A.s") && Twin.explain("twin.s").contains("twin.B.s"))
        #expect(try Twin.explain("twin.A.r").hasPrefix("twin.A.r: an integer"))
    }
}

/// Two entries with the same key `r` and different keys `s`.
private struct Twin: Config {
    var twin: Tagged<Entry>?
    static let fields: [Field<Self>] = [.tagged("twin", \.twin, tag: "type", Entry.all, "Either.")]

    struct Entry: RegistryEntry {
        let name: String
        let help = "One of them."
        let section: SectionDescription
        static let all = [
            Entry(name: "A", section: SectionDescription(A.self)),
            Entry(name: "B", section: SectionDescription(B.self)),
        ]
    }

    struct A: Config {
        var r = 8
        var s = 1
        static let fields: [Field<Self>] = [.integer("r", \.r, "The same in both."), .integer("s", \.s, "Not.")]
    }

    struct B: Config {
        var r = 8
        var s = 2
        static let fields: [Field<Self>] = [.integer("r", \.r, "The same in both."), .integer("s", \.s, "Not.")]
    }
}
