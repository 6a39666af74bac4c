import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges each PDF named on the command line by PDF/UA-1, with veraPDF's engine and rules: one line per file, findings below it. */
public final class Ua {
    public static void main(String[] files) {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (String file : files) {
            Map<String, Integer> findings;
            try {
                findings = findings(new File(file));
            } catch (Throwable e) { // The engine throws errors too, when a part of it is missing.
                findings = Map.of("unreadable — " + e, 1);
            }
            good &= findings.isEmpty();
            System.out.println(report(file, findings));
        }
        System.exit(good ? 0 : 1);
    }

    /** What is wrong, and how often. Keyed by clause and test number of ISO 14289-1, and the rule's own words. */
    private static Map<String, Integer> findings(File file) throws Exception {
        Map<String, Integer> findings = new LinkedHashMap<>();
        PDFAFlavour ua1 = PDFAFlavour.byFlavourId("ua1");
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, ua1)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(ua1, false);
            ValidationResult result = validator.validate(parser);
            for (TestAssertion test : result.getTestAssertions()) {
                if (test.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = "ua1-" + test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber();
                    findings.merge(rule + " — " + test.getMessage(), 1, Integer::sum);
                }
            }
            if (findings.isEmpty() && !result.isCompliant()) {
                findings.put("not-compliant — veraPDF names no rule", 1);
            }
            if (result.getTotalAssertions() == 0) {
                findings.put("nothing-tested — veraPDF applied no rule", 1);
            }
        }
        return findings;
    }

    private static String report(String file, Map<String, Integer> findings) {
        if (findings.isEmpty()) {
            return "pass " + file;
        }
        StringBuilder lines = new StringBuilder();
        findings.forEach((finding, times) -> {
            lines.append(lines.isEmpty() ? "FAIL " + file + ": " : "\n    ").append(finding.strip());
            if (times > 1) {
                lines.append(" (").append(times).append(" times)");
            }
        });
        return lines.toString();
    }
}
