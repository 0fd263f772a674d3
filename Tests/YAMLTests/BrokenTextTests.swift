import Testing
import YAML

/// Whatever the bytes, a parser gives a node or an error with a place.
@Suite struct BrokenTextTests {
    private static let yaml = """
        # A comment
        name: squad-ptv2
        model: &m {path: "../models/é\\u00e9", dtype: float32}
        list:
          - 5.0e-3
          - [1, 'two', |
              not a block]
          - *m
        text: >-
          folded
          text
        ? long
        : value
        ---
        """
    private static let json = #"""
        {"name": "squad\u00e9\ud83d\ude00\n", "model": {"path": "é中", "x": [1, -2.5e3, true, false, null]},
         "list": [[], {}, [[[0.5]]]]}
        """#
    private static let propertyList = """
        <?xml version="1.0" encoding="UTF-8"?>
        <plist version="1.0"><dict><key>a</key><integer>5</integer><key>b</key><array><true/><real>0.5</real>
        <string>x &amp; y</string></array></dict></plist>
        """

    private func survives(_ bytes: [UInt8]) {
        for format in [TextFormat.yaml, .json, .propertyList] {
            do {
                let node = try format.parse(bytes, file: "a")
                _ = node.yamlText
                _ = JSON(node).prettyText
            } catch {
                #expect(error.location.position != nil)
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test(arguments: [yaml, json, propertyList])
    func truncatedAnywhere(text: String) {
        let bytes = Array(text.utf8)
        for count in 0...bytes.count { survives(Array(bytes.prefix(count))) }
    }

    @Test(arguments: [yaml, json, propertyList], 0..<4)
    func changedAnywhere(text: String, seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet = Array("\"\\:-,[]{}&*!|>'%@`?#\t\n\r \u{0}u0dé\u{2028}<>".utf8) + [0xFF, 0x80, 0xC3, 0xED]
        for _ in 0..<500 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = alphabet.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            survives(bytes)
        }
    }

    @Test(arguments: 0..<4)
    func noise(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            survives(
                (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }
}

/// A small generator whose numbers depend on the seed alone.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
