import Configuration
import Testing

/// Whatever stands in a manifest or an override, reading it ends in values and messages.
@Suite struct BrokenManifestTests {
    private static let text = """
        name: squad
        model: {path: ../models/bért, dtype: float32}
        peft: {peft_type: PREFIX_TUNING, num_virtual_tokens: 8}
        train:
          learning_rate: 5e-3
        \tdropout: 0.1
        data: {"中": "文", note: [1, 2], format: csv}
        """

    @Test func everyPartAndEveryCharacterLeftOut() {
        let scalars = Array(Self.text.unicodeScalars)
        for index in scalars.indices {
            var start = String.UnicodeScalarView()
            start.append(contentsOf: scalars[..<index])
            var rest = start
            rest.append(contentsOf: scalars[(index + 1)...])
            for text in [String(start), String(rest)] {
                let (manifest, diagnostics) = read(text)
                #expect(diagnostics.description.isEmpty == diagnostics.isEmpty)
                #expect(!manifest.node().yamlText.isEmpty)
            }
        }
    }

    @Test(arguments: [
        "", "=", "a", ".", "a.=1", ".a=1", "peft=LORA", "peft=[LORA]", "peft.peft_type=[1]", "peft.peft_type.x=1",
        "model=", "model=null", "name={}", "train.learning_rate=.nan", "seed=99999999999999999999", "a=\u{0}",
        "a=\"", "é中.文=\u{2028}", "name=---", "name=- - -", "name=# nothing", "name=*x", "name=&x", "name=!x y",
    ])
    func strangeOverrides(argument: String) {
        let (manifest, diagnostics) = read(sound, overrides: [argument, "seed=3"])
        #expect(diagnostics.description.isEmpty == diagnostics.isEmpty)
        #expect(manifest.seed == 3)
    }

    @Test func bytesThatAreNotTextAreShown() {
        var diagnostics = Diagnostics()
        let root = diagnostics.parse([UInt8]("name: ".utf8) + [0xFF, 0x0A], file: "a.yaml")
        #expect(root == nil)
        #expect(
            diagnostics.description
                == "a.yaml:1:7: error: these bytes are not UTF-8 text\n    name: \u{FFFD}\n          ^")
    }
}
