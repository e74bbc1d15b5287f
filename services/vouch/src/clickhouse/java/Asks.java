import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What ClickHouse's JDBC driver sees of vouch: a check a line, its name and its result with a tab between. */
public class Asks {
  interface Ask {
    Object result() throws Exception;
  }

  static void say(String name, Ask ask) {
    Object said;
    try {
      said = ask.result();
    } catch (SQLException error) {
      said = "code " + error.getErrorCode();
    } catch (Exception error) {
      said = error;
    }
    System.out.println(name + "\t" + said);
  }

  static List<List<Object>> rows(ResultSet set) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    int columns = set.getMetaData().getColumnCount();
    while (set.next()) {
      List<Object> row = new ArrayList<>();
      for (int column = 1; column <= columns; column++) row.add(set.getObject(column));
      rows.add(row);
    }
    return rows;
  }

  static List<String> column(ResultSet set, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    while (set.next()) values.add(set.getString(name));
    return values;
  }

  static int count(ResultSet set) throws SQLException {
    int rows = 0;
    while (set.next()) rows++;
    return rows;
  }

  public static void main(String[] args) throws Exception {
    Properties who = new Properties();
    who.put("user", "analyst");
    who.put("password", args[1]);
    try (Connection connection = DriverManager.getConnection(args[0], who)) {
      DatabaseMetaData about = connection.getMetaData();
      Statement statement = connection.createStatement();
      say("valid", () -> connection.isValid(5));
      say("version", () -> about.getDatabaseProductVersion().split("\\.")[0]);
      say("rows", () -> rows(statement.executeQuery(
          "SELECT advocate_id, sum(amount) AS amount FROM attributions WHERE model = 'linear'"
              + " GROUP BY advocate_id HAVING amount != 0 ORDER BY 1")));
      say("prepared", () -> {
        PreparedStatement prepared = connection.prepareStatement("SELECT ?, ?");
        prepared.setString(1, "it's");
        prepared.setInt(2, 7);
        return rows(prepared.executeQuery());
      });
      say("first rows", () -> {
        Statement limited = connection.createStatement();
        limited.setMaxRows(2);
        limited.setQueryTimeout(5);
        return rows(limited.executeQuery("SELECT number FROM numbers(9)"));
      });
      say("many rows", () -> count(statement.executeQuery("SELECT number, toString(number) FROM numbers(400000)")));
      say("schemas", () -> column(about.getSchemas(), "TABLE_SCHEM").contains("vouch"));
      say("tables", () -> column(about.getTables(null, "vouch", "advocate_%", null), "TABLE_NAME"));
      say("columns", () -> column(about.getColumns(null, "vouch", "model_comparison", null), "COLUMN_NAME"));
      say("types", () -> count(about.getTypeInfo()) > 50);
      say("table types", () -> column(about.getTableTypes(), "TABLE_TYPE").contains("VIEW"));
      say("keys", () -> count(about.getPrimaryKeys(null, "vouch", "advocates")));
      say("indexes", () -> count(about.getIndexInfo(null, "vouch", "advocates", false, false)));
      say("functions", () -> column(about.getFunctions(null, null, "sum%"), "FUNCTION_NAME").contains("sum"));
      say("insert", () -> statement.executeUpdate("INSERT INTO events (position) VALUES (1)"));
      say("unknown", () -> rows(statement.executeQuery("SELECT nope FROM events")));
      say("file", () -> rows(statement.executeQuery("SELECT file('/etc/hostname')")));
      say("broken", () -> count(statement.executeQuery("SELECT number, throwIf(number = 390000) FROM numbers(400000)")));
    }
  }
}
