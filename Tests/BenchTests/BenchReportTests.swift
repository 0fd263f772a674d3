import Testing
import YAML
import peftexp_bench

@Suite("The benchmark's report")
struct BenchReportTests {
    private var report: BenchReport {
        var ours = Entry("ours")
        ours.rounds = [[.tokensPerSecond: 400, .peakBytes: 1e9], [.tokensPerSecond: 600, .peakBytes: 1e9]]
        var theirs = Entry("theirs")
        theirs.rounds = [[.tokensPerSecond: 100], [:]]
        theirs.problem = "failed: no memory"
        let measured = CaseRecord(
            name: "fast", title: "How fast", measures: [.tokensPerSecond, .trainingSeconds, .peakBytes],
            aims: [
                Aim(.tokensPerSecond, of: "ours", against: "theirs", .atLeast(5)),
                Aim(.trainingSeconds, of: "ours", .atMost(1)),
            ], entries: [ours, theirs])
        var skipped = CaseRecord(name: "far", title: "How far", measures: [], aims: [], entries: [])
        skipped.skipped = "there is no road"
        return BenchReport(circumstances: [("machine", "a | b")], cases: [measured, skipped])
    }

    @Test("A column for each measure that somebody has, a row for each entrant, and the aims below")
    func text() {
        #expect(
            report.text == """
                machine: a | b

                fast: How fast
                                tokens/s  peak memory
                ──────  ────────────────  ───────────
                ours    500 (400 to 600)      1.00 GB
                theirs               100
                  theirs: failed: no memory

                far: How far
                  skipped: there is no road

                case  what                           median (range)             aim       reached
                ────  ─────────────────────────────  ──────────────  ──────────────  ────────────
                fast  ours against theirs, tokens/s            4.00   at least 5.00            no
                fast  ours, time                                     at most 1.00 s  not measured

                """)
    }

    @Test("The same for a page, the aims first")
    func markdown() {
        #expect(
            report.markdown == """
                - machine: a | b

                | case | what | median (range) | aim | reached |
                |---|---|--:|--:|--:|
                | fast | ours against theirs, tokens/s | 4.00 | at least 5.00 | no |
                | fast | ours, time |  | at most 1.00 s | not measured |

                **fast**: How fast

                |  | tokens/s | peak memory |
                |---|--:|--:|
                | ours | 500 (400 to 600) | 1.00 GB |
                | theirs | 100 |  |

                - theirs: failed: no memory

                **far**: How far

                Skipped: there is no road

                """)
    }

    @Test("JSON holds every value")
    func json() throws {
        let node = try JSONText.parse(report.json.compactText, file: "report")
        let cases = try #require(node["cases"]?.elements)
        let entrants = try #require(cases[0]["entrants"]?.elements)
        #expect(entrants[0]["tokens_per_second"]?.elements?.compactMap(\.number) == [400, 600])
        #expect(entrants[1]["problem"]?.string == "failed: no memory")
        let aims = try #require(cases[0]["aims"]?.elements)
        #expect(aims[0]["median"]?.number == 4)
        #expect(aims[0]["reached"]?.boolean == false)
        #expect(aims[1]["reached"]?.isNull == true)
        #expect(cases[1]["skipped"]?.string == "there is no road")
        #expect(node["circumstances"]?["machine"]?.string == "a | b")
    }
}
