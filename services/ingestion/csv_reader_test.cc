// Goal: the reader accepts what exports contain, names the exact line of what it cannot read, and
// loses no sound row. Method: a table of small files with the records and problems they must
// give; every file is read again with the chunk boundary at every byte, and byte by byte.
#include "services/ingestion/csv_reader.h"

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

using std::string_literals::operator""s;

// Everything the reader says, as lines "3:a|b" for records and "3!REASON" for problems.
std::vector<std::string> ReadChunks(const std::vector<std::string_view>& chunks,
                                    const CsvLimits& limits, char delimiter = ',') {
  std::vector<std::string> said;
  CsvReader reader(
      delimiter, limits,
      [&said](const CsvRecord& record) {
        said.push_back(absl::StrCat(record.line, ":", absl::StrJoin(record.fields, "|")));
      },
      [&said](const CsvProblem& problem) {
        said.push_back(absl::StrCat(problem.line, "!", problem.reason));
        EXPECT_FALSE(problem.message.empty());
      });
  for (const std::string_view chunk : chunks) reader.AddChunk(chunk);
  reader.Finish();
  return said;
}

struct Case {
  std::string name;
  std::string text;
  std::vector<std::string> said;
  CsvLimits limits;
};

CsvLimits SmallLimits() {
  CsvLimits limits;
  limits.max_row_bytes = 12;
  limits.max_columns = 3;
  limits.max_quote_problems = 2;
  return limits;
}

std::vector<Case> Cases() {
  return {
      {"Empty", "", {}, {}},
      {"PlainLf", "a,b\n1,2\n", {"1:a|b", "2:1|2"}, {}},
      {"CrlfAndLfMixed", "a,b\r\n1,2\n3,4\r\n", {"1:a|b", "2:1|2", "3:3|4"}, {}},
      {"NoFinalLineEnd", "a,b\n1,2", {"1:a|b", "2:1|2"}, {}},
      {"OnlyBom", "\xEF\xBB\xBF", {}, {}},
      {"Bom",
       "\xEF\xBB\xBF"
       "a,b\n1,2\n",
       {"1:a|b", "2:1|2"},
       {}},
      {"BomBeforeQuote", "\xEF\xBB\xBF\"a\",b\n", {"1:a|b"}, {}},
      {"EmptyFields", ",\n,,\n", {"1:|", "2:||"}, {}},
      {"QuotedDelimiter", "\"a,b\",c\n", {"1:a,b|c"}, {}},
      {"QuotedLineEnds", "\"a\nb\r\nc\",d\n1,2\n", {"1:a\nb\r\nc|d", "4:1|2"}, {}},
      {"DoubledQuotes", "\"say \"\"hi\"\"\",\"\"\"\"\n", {"1:say \"hi\"|\""}, {}},
      {"QuotedEmpty", "\"\",\"\"\r\n", {"1:|"}, {}},
      {"QuoteInsideUnquoted", "5\" pipe,b\"\n", {"1:5\" pipe|b\""}, {}},
      {"BlankLinesKeepTheCount", "a\n\n\r\nb\n", {"1:a", "4:b"}, {}},
      {"CarriageReturnInsideAField", "a\rb,c\n", {"1:a\rb|c"}, {}},
      {"Utf8", "Müller,東京,🙂\n", {"1:Müller|東京|🙂"}, {}},
      {"UnterminatedQuoteLosesOneRow",
       "a,b\n1,\"open\n3,4\n5,6\n",
       {"1:a|b", "2!UNTERMINATED_QUOTE", "3:3|4", "4:5|6"},
       {}},
      {"UnterminatedQuoteOnTheLastLine", "a,b\n1,\"x", {"1:a|b", "2!UNTERMINATED_QUOTE"}, {}},
      {"StrayQuoteBeforeQuotedRows",
       "1,\"open\n2,\"x\"\n3,4\n",
       {"1!MALFORMED_QUOTE", "2:2|x", "3:3|4"},
       {}},
      {"TextAfterClosingQuote", "\"a\"b,c\nd,e\n", {"1!MALFORMED_QUOTE", "2:d|e"}, {}},
      {"ReturnAfterClosingQuoteInsideTheLine", "\"a\"\rb\nd\n", {"1!MALFORMED_QUOTE", "2:d"}, {}},
      {"NulByte", "a\nb\0c\nd\n"s, {"1:a", "2!NUL_BYTE", "3:d"}, {}},
      {"InvalidUtf8", "a\nM\xFCller\nd\n", {"1:a", "2!INVALID_UTF8", "3:d"}, {}},
      {"Utf16",
       "\xFF\xFE"
       "a\0,\0b\0\n\0"s,
       {"1!INVALID_UTF8"},
       {}},
      {"RowOfMaximalLength", "123456,89012\nx\n", {"1:123456|89012", "2:x"}, SmallLimits()},
      {"RowOneByteTooLong", "123456,890123\nx\n", {"1!ROW_TOO_LONG", "2:x"}, SmallLimits()},
      {"QuoteSwallowsTheLimit",
       "\"a\nb\nc\nd\ne\nf\ng\n",
       {"1!UNTERMINATED_QUOTE", "2:b", "3:c", "4:d", "5:e", "6:f", "7:g"},
       SmallLimits()},
      {"MaximalColumns", "1,2,3\n1,2,3,4\n", {"1:1|2|3", "2!TOO_MANY_COLUMNS"}, SmallLimits()},
      {"GivesUpAfterManyQuoteProblems",
       "\"a\"x\n\"b\"x\n\"c\"x\nd\n",
       {"1!MALFORMED_QUOTE", "2!MALFORMED_QUOTE", "3!MALFORMED_QUOTE", "3!TOO_MANY_QUOTE_PROBLEMS"},
       SmallLimits()},
  };
}

TEST(CsvReaderTest, ReadsTheTableOfCases) {
  for (const Case& example : Cases()) {
    SCOPED_TRACE(example.name);
    EXPECT_EQ(ReadChunks({example.text}, example.limits), example.said);
  }
}

TEST(CsvReaderTest, ChunkBoundariesDoNotMatter) {
  for (const Case& example : Cases()) {
    SCOPED_TRACE(example.name);
    const std::string_view text = example.text;
    for (size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_EQ(ReadChunks({text.substr(0, cut), text.substr(cut)}, example.limits), example.said)
          << "cut at byte " << cut;
    }
    std::vector<std::string_view> bytes;
    for (size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
    EXPECT_EQ(ReadChunks(bytes, example.limits), example.said) << "byte by byte";
  }
}

TEST(CsvReaderTest, OtherDelimiters) {
  EXPECT_EQ(ReadChunks({"a;b,c\n\"1;2\";3\n"}, CsvLimits(), ';'),
            (std::vector<std::string>{"1:a|b,c", "2:1;2|3"}));
  EXPECT_EQ(ReadChunks({"a\tb\n"}, CsvLimits(), '\t'), (std::vector<std::string>{"1:a|b"}));
}

TEST(CsvReaderTest, DefaultLimitsAreThoseDocumented) {
  const std::string longest(CsvLimits().max_row_bytes, 'x');
  EXPECT_EQ(longest.size(), size_t{1} << 20);
  EXPECT_EQ(ReadChunks({longest, "\n"}, CsvLimits()).size(), 1u);
  EXPECT_EQ(ReadChunks({longest, "x\ny\n"}, CsvLimits()),
            (std::vector<std::string>{"1!ROW_TOO_LONG", "2:y"}));
  const std::string widest(511, ',');
  EXPECT_EQ(ReadChunks({widest, ",\n"}, CsvLimits()),
            (std::vector<std::string>{"1!TOO_MANY_COLUMNS"}));
  EXPECT_EQ(ReadChunks({widest, "\n"}, CsvLimits()).front().substr(0, 2), "1:");
}

TEST(IsValidUtf8Test, TellsWellFormedFromIllFormed) {
  for (const std::string& good : {"a"s, "\xC2\x80"s, "\xED\x9F\xBF"s, "\xF4\x8F\xBF\xBF"s}) {
    EXPECT_TRUE(IsValidUtf8(good));
  }
  // Over-long forms, a surrogate, beyond U+10FFFF, a lone continuation, a cut sequence.
  for (const std::string& bad : {"\xC0\x80"s, "\xE0\x80\x80"s, "\xF0\x80\x80\x80"s, "\xED\xA0\x80"s,
                                 "\xF4\x90\x80\x80"s, "\x80"s, "\xE2\x82"s}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
}

// A line of 1 GiB, quoted or not, costs one row and no memory: it passes through in pieces.
TEST(CsvReaderTest, AnEndlessLinePassesThrough) {
  constexpr int kPieceCount = 1'024;
  const std::string piece(1 << 20, 'x');
  for (const std::string opening : {"", "\""}) {
    std::vector<int64_t> lines;
    std::vector<std::string> problems;
    CsvReader reader(
        ',', CsvLimits(), [&](const CsvRecord& record) { lines.push_back(record.line); },
        [&](const CsvProblem& problem) {
          problems.push_back(absl::StrCat(problem.line, " ", problem.reason));
        });
    reader.AddChunk("a,b\n" + opening);
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < kPieceCount; ++i) reader.AddChunk(piece);
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    reader.AddChunk("\n1,2\n");
    reader.Finish();
    EXPECT_EQ(lines, (std::vector<int64_t>{1, 3}));
    EXPECT_EQ(problems, std::vector<std::string>{opening.empty() ? "2 ROW_TOO_LONG"
                                                                 : "2 UNTERMINATED_QUOTE"});
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 << 10) << "KiB";
  }
}

}  // namespace
}  // namespace quotacast::ingestion
