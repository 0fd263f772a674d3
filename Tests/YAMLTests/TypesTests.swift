import Testing
import YAML

@Suite struct TypesTests {
    private func plain(_ text: String) -> Node {
        Node(.scalar(Node.Scalar(text, isPlain: true)), at: SourceLocation(file: "test"))
    }

    @Test(arguments: [
        ("5e-3", 0.005), ("1e-5", 0.00001), (".5", 0.5), ("-1.", -1), ("+2.5E+3", 2500), ("12", 12),
        (".inf", .infinity), ("-.INF", -.infinity), ("0o17", 15), ("0x1f", 31), ("1e999", .infinity),
    ])
    func numbers(text: String, value: Double) { #expect(plain(text).number == value) }

    @Test(arguments: ["", ".", "e5", "1e", "1e+", "inf", "nan", "0x1p3", "1_000", "1,5", "--1", "1 2", "١"])
    func notNumbers(text: String) {
        #expect(plain(text).number == nil)
        #expect(plain(text).integer == nil)
    }

    @Test(arguments: [("8", 8), ("-1", -1), ("+3", 3), ("0o17", 15), ("0x1F", 31), ("007", 7)])
    func integers(text: String, value: Int) { #expect(plain(text).integer == value) }

    @Test(arguments: ["8.0", "1e3", "0x-1", "0x", "0o8", "99999999999999999999"])
    func notIntegers(text: String) { #expect(plain(text).integer == nil) }

    @Test func onlyTrueAndFalseAreBooleans() {
        #expect(plain("true").boolean == true)
        #expect(plain("FALSE").boolean == false)
        for text in ["no", "yes", "on", "off", "y", "tRUE", "0", "1"] { #expect(plain(text).boolean == nil) }
    }

    @Test func quotedScalarsAreText() {
        let node = Node(.scalar(Node.Scalar("8", isPlain: false)), at: SourceLocation(file: "test"))
        #expect(node.integer == nil)
        #expect(node.number == nil)
        #expect(node.string == "8")
        #expect(!node.isNull)
        #expect(plain("~").isNull && plain("").isNull && plain("null").isNull && !plain("none").isNull)
    }
}
