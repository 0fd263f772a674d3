import Configuration
import Testing
import YAML

@Suite struct ReadingTests {
    @Test func valuesArriveAndDefaultsStay() throws {
        let (manifest, diagnostics) = read(
            sound + "train: {learning_rate: 5e-3, dropout: 0.1, shuffle: false}\ndata: {note: no, max_train_samples: }")
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(manifest.name == "squad")
        #expect(manifest.seed == 11)
        #expect(manifest.model.path == "/models/bert")
        #expect(manifest.model.tokenizer == nil)
        #expect(manifest.model.precision == .float32)
        #expect(manifest.train.learningRate == 0.005)
        #expect(manifest.train.dropout == 0.1)
        #expect(!manifest.train.shuffle)
        #expect(manifest.data.note == "no")
        #expect(manifest.data.limit == nil)
        let peft = try #require(manifest.peft)
        #expect(peft.name == "PREFIX_TUNING")
        #expect(peft.entry.trainedCount(peft.settings) == 8)
    }

    @Test func theDefaultsAreThoseOfTheOuterSection() {
        let (manifest, _) = read(sound + "train: {learning_rate: 1}")
        #expect(manifest.train.epochs == 5)
    }

    @Test func canonicalNodeIsCompleteAndReadsBack() {
        let (manifest, _) = read(sound + "train: {learning_rate: 5e-6}")
        let text = manifest.node().yamlText
        #expect(
            text == """
                name: squad
                seed: 11
                model:
                  path: /models/bert
                  tokenizer: null
                  dtype: float32
                data:
                  format: squad
                  max_train_samples: null
                  note: null
                peft:
                  peft_type: PREFIX_TUNING
                  num_virtual_tokens: 8
                train:
                  num_train_epochs: 5
                  learning_rate: 5.0e-06
                  dropout: null
                  shuffle: true

                """)
        let (again, diagnostics) = read(text, file: "elsewhere/b.yaml")
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(again == manifest)
    }

    @Test func pathsCanBeLeftOut() {
        let (manifest, _) = read(sound)
        let text = manifest.node(paths: .omitted).yamlText
        #expect(!text.contains("path"))
        #expect(!text.contains("tokenizer"))
        #expect(text.contains("num_virtual_tokens: 8"))
    }

    @Test(arguments: [
        ("/m/a.yaml", "x/y", "/m/x/y"), ("/m/n/a.yaml", "../x/./y/", "/m/x/y"), ("/a.yaml", "x", "/x"),
        ("/m/a.yaml", "/x//y", "/x/y"), ("/m/a.yaml", "../../../x", "/x"),
    ])
    func pathsAreRelativeToTheManifest(file: String, path: String, absolute: String) {
        let (manifest, _) = read("model: {path: \(path)}", file: file)
        #expect(manifest.model.path == absolute)
    }

    @Test func pathsOnTheCommandLineAreRelativeToTheWorkingDirectory() {
        let (here, _) = read(sound, overrides: ["model.path=x"])
        let (there, _) = read("model: {path: x}", file: "a.yaml")
        #expect(here.model.path == there.model.path)
        #expect(here.model.path.hasPrefix("/") && here.model.path.hasSuffix("/x"))
        #expect(!here.model.path.hasPrefix("/m/"))
    }

    @Test func jsonAndPropertyListManifestsAreRead() {
        let (json, jsonDiagnostics) = read(
            #"{"name": "squad", "model": {"path": "b"}, "peft": {"peft_type": "LORA", "r": 4}}"#, file: "/m/a.json")
        #expect(jsonDiagnostics.isEmpty, "\(jsonDiagnostics)")
        let (list, listDiagnostics) = read(
            """
            <plist><dict><key>name</key><string>squad</string>
            <key>model</key><dict><key>path</key><string>b</string></dict>
            <key>peft</key><dict><key>peft_type</key><string>LORA</string><key>r</key><integer>4</integer></dict>
            </dict></plist>
            """, file: "/m/a.plist")
        #expect(listDiagnostics.isEmpty, "\(listDiagnostics)")
        #expect(json == list)
    }

    @Test func taggedSectionsAreEqualWhenNameAndSettingsAre() {
        #expect(Tagged(methods[0]) == Tagged(methods[0], settings: LoRASettings()))
        #expect(Tagged(methods[0]) != Tagged(methods[1]))
        #expect(Tagged(methods[1]) != Tagged(methods[1], settings: PrefixSettings(virtualTokenCount: 3)))
    }
}
