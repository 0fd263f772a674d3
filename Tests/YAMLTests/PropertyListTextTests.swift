import Testing
import YAML

@Suite struct PropertyListTextTests {
    private static let header = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <!-- a comment -->

        """

    @Test func valuesAndPlaces() throws {
        let text =
            Self.header + """
                <plist version="1.0"><dict>
                  <key>name</key> <string>n&#111; &lt;&amp;&#xe9;</string>
                  <key>seed</key> <integer>11</integer>
                  <key>grid</key> <array><real>5e-3</real><string/><array/> <true/><dict></dict></array>
                </dict></plist>

                """
        let node = try PropertyListText.parse(text.utf8, file: "a.plist")
        #expect(JSON(node) == ["name": "no <&é", "seed": 11, "grid": [0.005, "", [], true, [:]]])
        #expect(node["seed"]?.location == SourceLocation(file: "a.plist", line: 6, column: 19))
    }

    @Test(arguments: [
        ("<x>", "1:1: error: expected <plist>, with which a property list starts"),
        (
            "<plist>\n<dict><key>a</key><date>x</date></dict></plist>",
            "2:19: error: <date> is not supported; use dict, array, string, integer, real, true or false"
        ),
        ("<plist><dict><key>a</key></dict></plist>", "1:26: error: expected a value, not </dict>"),
        ("<plist><dict><true/></dict></plist>", "1:14: error: expected <key>"),
        ("<plist><integer>5.5</integer></plist>", "1:8: error: '5.5' is not an integer"),
        ("<plist><string>a&b</string></plist>", "1:17: error: unknown entity; write '&amp;' for '&'"),
        ("<plist><string>a&", "1:17: error: unknown entity; write '&amp;' for '&'"),
        ("<plist><string>ab", "1:18: error: the text ends before </string>"),
        ("<plist><true/></plist> x", "1:24: error: the text goes on after </plist>"),
        (
            "<plist><dict><key>a</key><true/>\n<key>a</key><true/></dict></plist>",
            "2:1: error: duplicate key 'a'; it stands first on line 1"
        ),
    ])
    func mistakesAreLocated(text: String, message: String) {
        let error = #expect(throws: TextError.self) { try PropertyListText.parse(text.utf8, file: "a.plist") }
        #expect(error?.description == "a.plist:" + message)
    }

    @Test func binaryIsRefusedWithTheWayOut() {
        let error = #expect(throws: TextError.self) { try PropertyListText.parse("bplist00".utf8, file: "a.plist") }
        #expect(error?.message.hasSuffix("plutil -convert xml1 'a.plist'") == true)
    }

    @Test func depthIsLimited() {
        let text = "<plist>" + String(repeating: "<array>", count: 10_000)
        #expect(throws: TextError.self) { try PropertyListText.parse(text.utf8, file: "a.plist") }
    }

    @Test func formatComesFromTheName() throws {
        #expect(try JSON(TextFormat(file: "a.json").parse("{\"a\": 1}".utf8, file: "a.json")) == ["a": 1])
        #expect(try JSON(TextFormat(file: "a.yml").parse("a: 1".utf8, file: "a.yml")) == ["a": 1])
        #expect(throws: TextError.self) { try TextFormat(file: "a.plist").parse("a: 1".utf8, file: "a.plist") }
    }
}
