package android.database;

public class MatrixCursor implements Cursor {
  public final String[] columns;
  public Object[] row;

  public MatrixCursor(String[] columns, int capacity) {
    this.columns = columns;
  }

  public void addRow(Object[] given) {
    row = given;
  }
}
