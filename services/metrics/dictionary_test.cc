#include "services/metrics/dictionary.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

TEST(DictionaryTest, CodesCountInOrderOfFirstMention) {
  Dictionary dictionary;
  EXPECT_EQ(dictionary.CodeOf("b"), 0u);
  EXPECT_EQ(dictionary.CodeOf(""), 1u);
  EXPECT_EQ(dictionary.CodeOf("a"), 2u);
  EXPECT_EQ(dictionary.CodeOf("b"), 0u);
  EXPECT_EQ(dictionary.At(0), "b");
  EXPECT_EQ(dictionary.At(1), "");
  EXPECT_EQ(dictionary.At(2), "a");
  EXPECT_EQ(dictionary.Find("a"), 2u);
  EXPECT_EQ(dictionary.Find("c"), Dictionary::kNone);
  EXPECT_EQ(dictionary.size(), 3u);
}

// The texts move as they grow; codes and index stay right.
TEST(DictionaryTest, HoldsManyTexts) {
  Dictionary dictionary;
  constexpr uint32_t kCount = 100'000;
  for (uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(dictionary.CodeOf(absl::StrCat("id-", i)), i);
  for (uint32_t i = 0; i < kCount; ++i) {
    const std::string text = absl::StrCat("id-", i);
    ASSERT_EQ(dictionary.At(i), text);
    ASSERT_EQ(dictionary.Find(text), i);
  }
  // Text, end and index entry: no string object for each of them.
  EXPECT_LT(dictionary.memory_bytes(), size_t{kCount} * 60);
}

}  // namespace
}  // namespace quotacast::metrics
