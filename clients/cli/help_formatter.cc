#include "clients/cli/help_formatter.h"

#include <memory>
#include <sstream>
#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

constexpr int kNameColumns = 30;

class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(const Terminal& terminal) : terminal_(terminal) {
    column_width(kNameColumns);
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return Wrapped(option->get_description());
  }

  std::string make_subcommand(const CLI::App* command) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, command->get_display_name(true),
                             Wrapped(command->get_description()), kNameColumns);
    return out.str();
  }

 private:
  std::string Wrapped(const std::string& text) const {
    std::string out = Wrap(text, terminal_.width_columns - kNameColumns);
    out.pop_back();  // CLI11 ends the line itself.
    return out;
  }

  const Terminal terminal_;
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> MakeHelpFormatter(const Terminal& terminal) {
  return std::make_shared<HelpFormatter>(terminal);
}

}  // namespace quotacast::cli
