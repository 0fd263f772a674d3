import Testing

@testable import Results

@Suite("Tables and figures")
struct TextTests {
    private func table(_ method: String = "PREFIX_TUNING") -> TextTable {
        var table = TextTable([.text("method"), .number("EM"), .text("note")])
        table.append([method, "33.8", "trained"])
        table.append(["LINEAR", "6.25", "a rather long remark"])
        return table
    }

    @Test func aligned() {
        #expect(
            table().text() == """
                method           EM  note
                ─────────────  ────  ────────────────────
                PREFIX_TUNING  33.8  trained
                LINEAR         6.25  a rather long remark

                """)
    }

    @Test func theWidestWordsAreCutFirst() {
        #expect(
            table().text(width: 34) == """
                method           EM  note
                ─────────────  ────  ─────────────
                PREFIX_TUNING  33.8  trained
                LINEAR         6.25  a rather lon…

                """)
    }

    @Test("The lines fit, down to where only figures and short words are left", arguments: [20, 21, 30, 41, 42, 100])
    func fits(width: Int) {
        for line in table("前缀微调一二三四五六").text(width: width).split(separator: "\n") {
            #expect(DisplayWidth.of(String(line)) <= width)
        }
    }

    @Test func neverBelowItsNarrowest() {
        #expect(table().text(width: 0).contains("PREFI…  33.8  trained") == false)
        #expect(table().text(width: 0).contains("PREFI…  33.8  train…"))
    }

    @Test func cellsThatAreMissingTooManyOrUnprintable() {
        var table = TextTable([.text("a"), .number("b")])
        table.append(["x"])
        table.append(["y\u{1B}[31m\n", "1", "2"])
        #expect(table.text() == "a        b\n───────  ─\nx\ny\u{FFFD}[31m   1\n")
        #expect(TextTable([]).text(width: 10) == "\n\n")
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("前缀", 4), ("e\u{301}", 1), ("한국", 4), ("ｶﾅ", 2), ("カナ", 4), ("👩‍👩‍👧", 2), ("❤️", 2),
        ("é", 1), ("ﬁ", 1), ("…─", 2), ("，", 2), ("\u{200B}", 0), ("🇩🇪", 2),
    ])
    func displayWidth(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("前缀微调", 5, "前缀…"), ("前缀微调", 4, "前…"), ("abc", 1, "…"),
        ("abc", 0, ""), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
    func cut(text: String, width: Int, expected: String) {
        #expect(DisplayWidth.cut(text, to: width) == expected)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1.00k"), (12_345, "12.3k"), (73_728, "73.7k"), (999_499, "999k"),
        (999_500, "1.00M"),
        (22_786_946, "22.8M"), (-1500, "-1.50k"), (.max, "9.22E"), (.min, "-9.22E"),
    ])
    func counts(value: Int, text: String) {
        #expect(FigureText.count(value) == text)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1_250_000_000, "1.25 GB"), (90_868_373, "90.9 MB")])
    func bytes(value: Int, text: String) {
        #expect(FigureText.bytes(value) == text)
    }

    @Test(arguments: [
        (0, "0 ms"), (0.00035, "0.350 ms"), (0.35, "350 ms"), (1, "1.00 s"), (59.94, "59.9 s"), (59.96, "1 m 00 s"),
        (133.4, "2 m 13 s"), (3599.6, "1 h 00 m"), (11_100, "3 h 05 m"), (187_200, "2 d 4 h"), (-133, "-2 m 13 s"),
        (.nan, "-"), (.infinity, "-"), (1e30, "-"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(FigureText.duration(seconds) == text)
    }

    @Test(arguments: [
        (48.125, 2, "48.12"), (-0.001, 2, "0.00"), (0.5, 0, "0"), (.nan, 2, "-"), (1e300, 2, "1e+300"), (1, -3, "1"),
    ])
    func fixed(value: Double, decimals: Int, text: String) {
        #expect(FigureText.fixed(value, decimals: decimals) == text)
    }

    @Test(arguments: [
        (0, "0"), (2.34567, "2.346"), (12_345.6, "12346"), (0.012345, "0.01235"), (5e-5, "5.000e-05"), (-1.5, "-1.500"),
        (.infinity, "-"), (.leastNonzeroMagnitude, "4.941e-324"),
    ])
    func numbers(value: Double, text: String) {
        #expect(FigureText.number(value) == text)
    }

    @Test(arguments: [(0.00324, "0.32 %"), (0.014, "1.4 %"), (1, "100 %"), (0, "0.00 %"), (.nan, "-")])
    func percents(fraction: Double, text: String) {
        #expect(FigureText.percent(fraction) == text)
    }
}
