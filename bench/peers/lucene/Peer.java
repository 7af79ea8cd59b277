import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Lucene with nori (compounds and their parts) and, beside it, bigrams of Hangul, as the protocol of bench/peers.go asks:
 * a line with the numbers of passages and questions, then those, a line each; a line of hits for each question comes
 * back. The argument is the weight of the bigrams.
 */
public class Peer {
  public static void main(String[] args) throws Exception {
    float bigrams = Float.parseFloat(args[0]);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    String[] counts = in.readLine().split(" ");
    int passages = Integer.parseInt(counts[0]);
    int questions = Integer.parseInt(counts[1]);
    Analyzer nori = new KoreanAnalyzer(null, KoreanTokenizer.DecompoundMode.MIXED,
        KoreanPartOfSpeechStopFilter.DEFAULT_STOP_TAGS, false);
    Analyzer analyzer = new PerFieldAnalyzerWrapper(nori, Map.of("bigrams", new CJKAnalyzer()));
    var directory = new ByteBuffersDirectory();
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
      for (int i = 0; i < passages; i++) {
        String text = in.readLine();
        var doc = new Document();
        doc.add(new TextField("nori", text, Field.Store.NO));
        doc.add(new TextField("bigrams", text, Field.Store.NO));
        writer.addDocument(doc);
      }
      writer.forceMerge(1); // numbers are then in order of addition
    }
    var searcher = new IndexSearcher(DirectoryReader.open(directory));
    var builder = new QueryBuilder(analyzer);
    for (int i = 0; i < questions; i++) {
      String text = in.readLine();
      var query = new BooleanQuery.Builder();
      Query words = builder.createBooleanQuery("nori", text);
      Query pairs = builder.createBooleanQuery("bigrams", text);
      if (words != null) {
        query.add(words, BooleanClause.Occur.SHOULD);
      }
      if (pairs != null && bigrams > 0) {
        query.add(new BoostQuery(pairs, bigrams), BooleanClause.Occur.SHOULD);
      }
      var line = new StringBuilder();
      for (ScoreDoc hit : searcher.search(query.build(), 10).scoreDocs) {
        line.append(hit.doc).append(' ');
      }
      out.println(line.toString().trim());
    }
    out.flush();
  }
}
